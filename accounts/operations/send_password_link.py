"""Mail somebody a link to set a new password."""

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.operations.record_sign_in import DOOR, Caller, Step, record_sign_in
from accounts.password_links import password_link
from notices.operations.write_mail import write_mail
from notices.readers import manners_of
from tenants.models import Person


def send_password_link(*, email: str, caller: Caller) -> None:
    """Nothing happens for an address that is nobody's. Raises what the mail server says.

    Not by the outbox, where staff and the worker could read the link: it opens the account of a person without a second
    factor. So it is lost if the mail server is down; the person asks again.
    """
    person = Person.objects.active().filter(email=email).first()
    if person is None:
        return
    record_sign_in(person=person, step=Step.PASSWORD_ASK, actor=DOOR, caller=caller)
    context: dict[str, object] = {"person": person, "path": password_link(person), **caller.as_details()}
    (manner,) = manners_of([person.email], only_english=False)
    with manner.spoken():
        subject, text = write_mail(template="password_link", context=context)
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [person.email]).send()
