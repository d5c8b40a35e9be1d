"""Ask for an account that two people must want: of the staff, or of somebody who can agree to things at a customer."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.operations.open_account import disabled_account
from notices.operations.queue_mails import queue_mails
from tenants.models import Approval, Customer, Person
from tenants.operations.request_approval import request_approval
from tenants.operations.tell_of_account import who_could_object
from tenants.roles import CustomerRole, Permission, ProviderRole

ACTION = "person:invite"
# Each is a mail to all of the staff.
MOST_WAITING = 10


@transaction.atomic
def request_invitation(
    *, email: str, name: str, phone: str, customer: Customer | None, role: str, reason: str, requested_by: Person
) -> Approval:
    """Nobody is invited until another administrator agrees; or another manager, where one of the customer's asks.

    The caller has made sure that `requested_by` may invite. `role` is as in `invite_person`. Raises ValidationError and
    ValueError.
    """
    wanted = CustomerRole(role) if customer else ProviderRole(role)
    person = _checked(email, name, phone)
    if Approval.objects.undecided().filter(action=ACTION, requested_by=requested_by).count() >= MOST_WAITING:
        raise ValidationError(
            f"{MOST_WAITING} of your invitations wait already. Let somebody decide about those first."
        )
    approval = request_approval(
        # Where staff ask, administrators decide who comes in, also at a customer. Where its manager asks, the
        # customer's other managers can, too.
        customer=None if requested_by.permits_at_provider(Permission.PERSON_MANAGE) else customer,
        action=ACTION,
        about=f"person:{person.email}",
        reason=reason,
        requested_by=requested_by,
        details={
            "email": person.email,
            "name": name,
            "phone": phone,
            "customer": str(customer.pk) if customer else None,
            "role": wanted.value,
        },
        off_record={"phone"},
    )
    queue_mails(
        recipients=who_could_object(customers=[customer] if customer else []),
        template="invitation_requested",
        about=f"approval:{approval.pk}",
        context={"approval": approval, "person": person, "customer": customer, "role": wanted.value},
    )
    return approval


def _checked(email: str, name: str, phone: str) -> Person:
    """Raises ValidationError for what could not become an account; the address of a disabled one may come back."""
    person = Person(email=email.strip().lower(), name=name, phone=phone)
    known = disabled_account(email)
    person.clean_fields(exclude={"password"})
    if known is None:
        person.validate_unique()
        person.validate_constraints()
    return person
