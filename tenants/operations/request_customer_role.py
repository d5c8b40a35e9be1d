"""Ask that one of a customer's people gets a role that counts as one of two people."""

from django.core.exceptions import ValidationError
from django.db import transaction

from notices.operations.queue_mails import queue_mails
from tenants.models import Approval, Customer, Person
from tenants.operations.lock_own_people import role_of_own
from tenants.operations.request_approval import request_approval
from tenants.operations.tell_of_account import who_could_object
from tenants.roles import COUNTED_ROLES, CustomerRole

ACTION = "person:role:grant"


@transaction.atomic(durable=True)
def request_customer_role(
    *, customer: Customer, person: Person, role: CustomerRole, reason: str, requested_by: Person
) -> Approval:
    """Nothing changes until another manager of the customer, or an administrator, agrees. Raises ValidationError."""
    # No lock: approvals come before people everywhere, and who agrees looks at all of this again.
    before = role_of_own(customer=customer, person=Person.objects.get(pk=person.pk), changed_by=requested_by)
    if before == role or role not in COUNTED_ROLES:
        raise ValidationError(f"{person} is {before}: there is nothing to ask a second person for.")
    if person.pk == requested_by.pk:
        raise ValidationError("Nobody raises themselves: another manager has to ask for this.")
    approval = request_approval(
        customer=customer,
        action=ACTION,
        about=f"person:{person.email}",
        reason=reason,
        requested_by=requested_by,
        details={"email": person.email, "name": person.name, "role": role.value, "before": before.value},
    )
    queue_mails(
        recipients=who_could_object(customers=[customer]),
        template="invitation_requested",
        about=f"approval:{approval.pk}",
        context={"approval": approval, "person": person, "customer": customer, "role": role.value},
    )
    return approval
