"""Give a person a role, at a customer or at the provider."""

from django.db import transaction

from tenants.actors import Actor
from tenants.models import Customer, CustomerRoleGroup, Person, ProviderRoleGroup
from tenants.operations.record_audit import record_customer_audit, record_provider_audit
from tenants.operations.set_up_roles import provider_group
from tenants.roles import CustomerRole, ProviderRole


@transaction.atomic
def grant_customer_role(*, person: Person, customer: Customer, role: CustomerRole, granted_by: Actor) -> None:
    """One role per person and customer: another one is taken away first."""
    groups = CustomerRoleGroup.objects.filter(customer=customer)
    for other in groups.exclude(role=role).filter(group__user=person):
        person.groups.remove(other.group)
    person.groups.add(groups.get(role=role).group)
    record_customer_audit(
        customer=customer,
        actor=granted_by,
        action="person:role:grant",
        subject=person.email,
        details={"role": role},
    )


@transaction.atomic
def grant_provider_role(*, person: Person, role: ProviderRole, granted_by: Actor) -> None:
    for other in ProviderRoleGroup.objects.exclude(role=role).filter(group__user=person):
        person.groups.remove(other.group)
    person.groups.add(provider_group(role))
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    record_provider_audit(actor=granted_by, action="person:role:grant", subject=person.email, details={"role": role})


@transaction.atomic
def revoke_roles(*, person: Person, revoked_by: Actor) -> None:
    """Take every role away and end the right to sign in. The account stays: the audit trail names it."""
    # The person before any chain, as in a sign-in, or the two wait for each other.
    Person.objects.select_for_update().get(pk=person.pk)
    # The provider's chain before customers', and those in one order, as an invitation does: no two wait for each other.
    record_provider_audit(actor=revoked_by, action="person:disable", subject=person.email)
    rows = CustomerRoleGroup.objects.filter(group__user=person).select_related("customer", "group")
    for row in rows.order_by("customer_id"):
        person.groups.remove(row.group)
        record_customer_audit(
            customer=row.customer,
            actor=revoked_by,
            action="person:role:revoke",
            subject=person.email,
            details={"role": row.role},
        )
    person.groups.clear()
    person.is_active = person.is_staff = False
    person.save(update_fields=["is_active", "is_staff"])
