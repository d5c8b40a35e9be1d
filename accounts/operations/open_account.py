"""Make an account with a role and without a password, and say so to everybody who could object."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts.operations.add_person import add_person
from notices.operations.queue_mails import queue_mails
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_provider_audit
from tenants.models import AccountChange, AccountStep, Customer, Person
from tenants.operations.grant_role import grant_customer_role, grant_provider_role
from tenants.operations.note_account_change import note_account_change
from tenants.operations.tell_of_account import tell_of_account
from tenants.roles import COUNTED_ROLES, CustomerRole, ProviderRole


@transaction.atomic
def open_account(
    *,
    email: str,
    name: str,
    phone: str,
    customer: Customer | None,
    role: str,
    opened_by: Actor,
    agreed_by: Person | None,
) -> Person:
    """The caller has made sure that two people want it where it needs two: see `invite_person`.

    A disabled account comes back by this, too, without its old password and roles. Raises ValidationError and
    ValueError.
    """
    person = _readmit(email, name, phone, opened_by) or add_person(
        email=email, name=name, phone=phone, added_by=opened_by
    )
    change = _grant(person, customer, role, opened_by)
    mail_invitation(person=person, customer=customer)
    if role in COUNTED_ROLES:
        tell_of_account(change=change, agreed_by=agreed_by)
    return person


def mail_invitation(*, person: Person, customer: Customer | None) -> None:
    queue_mails(
        recipients=[person.email],
        template="invitation",
        about=f"person:{person.pk}",
        context={
            "person": person,
            "customer": customer,
            "provider_name": settings.PROVIDER_NAME,
            "link": f"{settings.BASE_URL}{reverse('account_reset_password')}",
        },
    )


def disabled_account(email: str) -> Person | None:
    """None also for what is no address, with which PostgreSQL is not to be asked: a NUL would be an error there."""
    try:
        validate_email(email.strip())
    except ValidationError:
        return None
    person: Person | None = Person.objects.filter(email=email.strip().lower(), is_active=False).first()
    return person


def _grant(person: Person, customer: Customer | None, role: str, opened_by: Actor) -> AccountChange:
    if customer:
        return grant_customer_role(person=person, customer=customer, role=CustomerRole(role), granted_by=opened_by)
    return grant_provider_role(person=person, role=ProviderRole(role), granted_by=opened_by)


def _readmit(email: str, name: str, phone: str, opened_by: Actor) -> Person | None:
    found = disabled_account(email)
    # Looked at again under its lock: two who invite it at once would both have seen it disabled.
    people = Person.objects.select_for_update(no_key=True)
    person: Person | None = people.filter(pk=found.pk, is_active=False).first() if found else None
    if person is None:
        return None
    person.name, person.phone, person.is_active = name, phone, True
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save(update_fields=["name", "phone", "is_active", "password"])
    note_account_change(person=person, step=AccountStep.READMIT, made_by=opened_by)
    record_provider_audit(
        actor=opened_by, action=AuditAction.PERSON_READMIT, subject=person.email, details={"name": name}
    )
    return person
