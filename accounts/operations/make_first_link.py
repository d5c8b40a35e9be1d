"""A link to set an account's first password, for the owner of the portal's host: no mail has to arrive."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.operations.record_sign_in import Caller, Step, record_sign_in
from accounts.password_links import password_link
from tenants.actors import Actor
from tenants.models import Person
from tenants.roles import ProviderRole


@transaction.atomic
def make_first_link(*, email: str, made_by: Actor) -> str:
    """The link's path. It opens no account that somebody uses: raises ValidationError for one with a password."""
    administrators = Person.objects.active().filter(groups__providerrolegroup__role=ProviderRole.ADMINISTRATOR)
    person = administrators.filter(email=email.strip().lower()).first()
    if person is None:
        raise ValidationError(f"No administrator has the address {email}: invite one with create_administrator.")
    if person.has_usable_password():
        raise ValidationError("This administrator has a password; a forgotten one is changed by way of a mail.")
    record_sign_in(person=person, step=Step.PASSWORD_ASK, actor=made_by, caller=Caller("this host", made_by.name))
    return password_link(person)
