"""Another person agrees: the customer's policy for changes is a weaker one."""

from uuid import UUID

from django.db import transaction

from tenants.models import Approval, Customer, Person
from tenants.operations.decide_approval import ApprovalRefused, using_approval
from tenants.operations.request_change_policy import ACTION
from tenants.operations.set_change_policy import set_change_policy
from tenants.roles import Permission


@transaction.atomic(durable=True)
def agree_to_change_policy(*, approval: UUID, approved_by: Person) -> Customer:
    """`approval` names what `approved_by` has read. Raises ValidationError."""
    asked = Approval.objects.undecided().filter(pk=approval, action=ACTION).first()
    if asked is None or asked.customer is None:
        raise ApprovalRefused("This was decided meanwhile.")
    customer = Customer.objects.select_for_update().get(pk=asked.customer.pk)
    with using_approval(
        approval=approval,
        about=asked.about,
        approved_by=approved_by,
        agreeing_needs=Permission.CUSTOMER_MANAGE,
        still_needs=Permission.CUSTOMER_MANAGE,
    ) as agreed:
        return set_change_policy(customer=customer, **agreed.details, set_by=agreed.requested_by, agreed=agreed)
