"""Give a person a role, at a customer or at the provider, or take all of them away."""

from django.db import transaction

from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit, record_provider_audit
from tenants.models import AccountChange, AccountStep, Customer, CustomerRoleGroup, Person, ProviderRoleGroup
from tenants.operations.note_account_change import note_account_change
from tenants.operations.set_up_roles import provider_group
from tenants.operations.tell_of_account import counts, tell_of_account
from tenants.roles import CustomerRole, ProviderRole


@transaction.atomic
def grant_customer_role(*, person: Person, customer: Customer, role: CustomerRole, granted_by: Actor) -> AccountChange:
    """One role per person and customer: another one is taken away first."""
    lock_person(person)
    groups = CustomerRoleGroup.objects.filter(customer=customer)
    for other in groups.exclude(role=role).filter(group__user=person):
        note_account_change(
            person=person, step=AccountStep.REVOKE, role=other.role, customer=customer, made_by=granted_by
        )
        person.groups.remove(other.group)
    person.groups.add(groups.get(role=role).group)
    change = note_account_change(
        person=person, step=AccountStep.GRANT, role=role, customer=customer, made_by=granted_by
    )
    record_customer_audit(
        customer=customer,
        actor=granted_by,
        action=AuditAction.PERSON_ROLE_GRANT,
        subject=person.email,
        details={"role": role},
    )
    return change


@transaction.atomic
def grant_provider_role(*, person: Person, role: ProviderRole, granted_by: Actor) -> AccountChange:
    """One role per person, as at a customer."""
    lock_person(person)
    for other in ProviderRoleGroup.objects.exclude(role=role).filter(group__user=person):
        note_account_change(person=person, step=AccountStep.REVOKE, role=other.role, made_by=granted_by)
        person.groups.remove(other.group)
    person.groups.add(provider_group(role))
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    change = note_account_change(person=person, step=AccountStep.GRANT, role=role, made_by=granted_by)
    record_provider_audit(
        actor=granted_by, action=AuditAction.PERSON_ROLE_GRANT, subject=person.email, details={"role": role}
    )
    return change


@transaction.atomic
def revoke_roles(*, person: Person, revoked_by: Actor) -> None:
    """Take every role away and end the right to sign in. The account stays: the audit trail names it.

    One person does this alone, since it has to be quick. Nobody who could have agreed to something is gone unseen:
    all are told, the person, too.
    """
    lock_person(person)
    staff = ProviderRoleGroup.objects.filter(group__user=person).first()
    change = note_account_change(
        person=person, step=AccountStep.DISABLE, role=staff.role if staff else "", made_by=revoked_by
    )
    if counts(person):
        tell_of_account(change=change)
    # The provider's chain before customers', and those in one order, as an invitation does: no two wait for each other.
    record_provider_audit(actor=revoked_by, action=AuditAction.PERSON_DISABLE, subject=person.email)
    rows = CustomerRoleGroup.objects.filter(group__user=person).select_related("customer", "group")
    for row in rows.order_by("customer_id"):
        person.groups.remove(row.group)
        record_customer_audit(
            customer=row.customer,
            actor=revoked_by,
            action=AuditAction.PERSON_ROLE_REVOKE,
            subject=person.email,
            details={"role": row.role},
        )
    person.groups.clear()
    person.is_active = person.is_staff = False
    person.save(update_fields=["is_active", "is_staff"])


def lock_person(person: Person) -> None:
    """Before any chain, as in a sign-in, or the two wait for each other. What only refers to the person goes on."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
