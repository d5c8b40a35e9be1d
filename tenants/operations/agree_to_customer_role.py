"""A second person agrees: one of a customer's people gets a role that counts."""

from uuid import UUID

from django.db import transaction

from tenants.models import Approval, CustomerRoleGroup, Person
from tenants.operations.decide_approval import ApprovalRefused, using_approval
from tenants.operations.grant_role import grant_customer_role
from tenants.operations.request_customer_role import ACTION
from tenants.operations.tell_of_account import tell_of_account
from tenants.roles import CustomerRole, Permission


@transaction.atomic(durable=True)
def agree_to_customer_role(*, approval: UUID, approved_by: Person) -> Person:
    """`approval` names what `approved_by` has read. Raises ValidationError, as for somebody who is gone by now."""
    asked = Approval.objects.undecided().filter(pk=approval, action=ACTION).select_related("customer").first()
    person: Person | None = Person.objects.filter(email=asked.details["email"]).first() if asked else None
    if asked is None or asked.customer is None or person is None:
        raise ApprovalRefused("This was decided meanwhile.")
    if approved_by.pk == person.pk:
        raise ApprovalRefused("It is about your own account. Somebody else has to agree.")
    with using_approval(
        approval=approval,
        about=asked.about,
        approved_by=approved_by,
        agreeing_needs=Permission.PERSON_MANAGE,
        still_needs=Permission.PERSON_MANAGE,
        also_locks=[person.pk],
    ) as agreed:
        here = CustomerRoleGroup.objects.filter(customer=asked.customer, group__user=person)
        if not here.exists() or not Person.objects.active().filter(pk=person.pk).exists() or person.provider_roles():
            raise ApprovalRefused(f"{person} is none of the customer's people any more.")
        change = grant_customer_role(
            person=person,
            customer=asked.customer,
            role=CustomerRole(agreed.details["role"]),
            granted_by=agreed.requested_by.actor,
        )
        tell_of_account(change=change, agreed_by=approved_by)
    return person
