"""Mail somebody a link to set a new password."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from accounts.operations.record_sign_in import DOOR, Caller, Step, record_sign_in
from notices.operations.write_mail import write_mail
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
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    path = reverse("account_reset_password_from_key", kwargs=key)
    subject, text = write_mail(
        template="password_link", context={"person": person, "path": path, **caller.as_details()}
    )
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [person.email]).send()
