from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from tenants.actors import Actor
from tenants.models import Customer, Person
from tenants.operations.add_person import add_person
from tenants.operations.grant_role import grant_customer_role, grant_provider_role
from tenants.operations.queue_mail import queue_mails
from tenants.operations.record_audit import record_provider_audit
from tenants.roles import CustomerRole, ProviderRole


@transaction.atomic
def invite_person(
    *, email: str, name: str, phone: str, customer: Customer | None, role: str, invited_by: Actor
) -> Person:
    """An account with a role and without a password, and a mail that says how to set one.

    A disabled account comes back by an invitation, too, without its old password and roles.

    `role` is one of CustomerRole with a customer, one of ProviderRole without. Raises ValidationError and ValueError.
    """
    person = _readmit(email, name, phone, invited_by) or add_person(
        email=email, name=name, phone=phone, added_by=invited_by
    )
    if customer:
        grant_customer_role(person=person, customer=customer, role=CustomerRole(role), granted_by=invited_by)
    else:
        grant_provider_role(person=person, role=ProviderRole(role), granted_by=invited_by)
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
    return person


def disabled_account(email: str) -> Person | None:
    """None also for what is no address, with which PostgreSQL is not to be asked: a NUL would be an error there."""
    try:
        validate_email(email.strip())
    except ValidationError:
        return None
    person: Person | None = Person.objects.filter(email=email.strip().lower(), is_active=False).first()
    return person


def _readmit(email: str, name: str, phone: str, invited_by: Actor) -> Person | None:
    person = disabled_account(email)
    if person is None:
        return None
    person.name, person.phone, person.is_active = name, phone, True
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save(update_fields=["name", "phone", "is_active", "password"])
    record_provider_audit(actor=invited_by, action="person:readmit", subject=person.email, details={"name": name})
    return person
