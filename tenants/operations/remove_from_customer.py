"""A manager takes one of the customer's people out: the account ends, unless it serves at another customer, too."""

from django.db import transaction

from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import AccountStep, Customer, CustomerRoleGroup, Person
from tenants.operations.grant_role import revoke_roles
from tenants.operations.lock_own_people import belongs_elsewhere, keep_a_manager, lock_own_people
from tenants.operations.note_account_change import note_account_change
from tenants.operations.tell_of_account import tell_of_account
from tenants.roles import COUNTED_ROLES, CustomerRole


@transaction.atomic(durable=True)
def remove_from_customer(*, customer: Customer, person: Person, removed_by: Person) -> bool:
    """Whether the account has ended: its sessions end with it, at once. Raises ValidationError.

    One person does this alone, since it has to be quick. The role at another customer is untouched: what a session
    shows is read again in each request, so of this customer it shows nothing more.
    """
    role = lock_own_people(customer=customer, person=person, changed_by=removed_by)
    if role is CustomerRole.MANAGER:
        keep_a_manager(customer=customer, person=person)
    if not belongs_elsewhere(customer=customer, person=person):
        revoke_roles(person=person, revoked_by=removed_by.actor)
        return True
    change = note_account_change(
        person=person, step=AccountStep.REVOKE, role=role, customer=customer, made_by=removed_by.actor
    )
    if role in COUNTED_ROLES:
        tell_of_account(change=change)
    person.groups.remove(CustomerRoleGroup.objects.get(customer=customer, role=role).group)
    record_customer_audit(
        customer=customer,
        actor=removed_by.actor,
        action=AuditAction.PERSON_ROLE_REVOKE,
        subject=person.email,
        details={"role": role},
    )
    return False
