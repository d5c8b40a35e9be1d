"""Another administrator agrees: the person is invited."""

from uuid import UUID

from django.db import transaction

from accounts.operations.open_account import disabled_account, open_account
from accounts.operations.request_invitation import ACTION
from tenants.models import Approval, Customer, Person
from tenants.operations.decide_approval import ApprovalRefused, using_approval
from tenants.roles import Permission


@transaction.atomic(durable=True)
def agree_to_invitation(*, approval: UUID, approved_by: Person) -> Person:
    """`approval` names what `approved_by` has read. Raises ValidationError, as for an address that is taken by now."""
    asked = Approval.objects.undecided().filter(pk=approval, action=ACTION).first()
    if asked is None:
        raise ApprovalRefused("This was decided meanwhile.")
    back = disabled_account(asked.details["email"])
    with using_approval(
        approval=approval,
        about=asked.about,
        approved_by=approved_by,
        agreeing_needs=Permission.PERSON_MANAGE,
        still_needs=Permission.PERSON_MANAGE,
        also_locks=[back.pk] if back else [],
    ) as agreed:
        wanted = agreed.details
        return open_account(
            email=wanted["email"],
            name=wanted["name"],
            phone=wanted["phone"],
            customer=Customer.objects.get(pk=wanted["customer"]) if wanted["customer"] else None,
            role=wanted["role"],
            opened_by=agreed.requested_by.actor,
            agreed_by=approved_by,
        )
