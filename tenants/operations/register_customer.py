from django.db import transaction

from tenants.actors import Actor
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Customer
from tenants.operations.set_up_roles import set_up_roles


@transaction.atomic
def register_customer(
    *, slug: str, name: str, change_delay_minutes: int = 5, two_people_for_changes: bool = False, registered_by: Actor
) -> Customer:
    """Raises ValidationError."""
    customer = Customer(
        slug=slug,
        name=name,
        change_delay_minutes=change_delay_minutes,
        change_delay_in_force=change_delay_minutes,  # there is nobody yet whom a longer one would protect
        two_people_for_changes=two_people_for_changes,
    )
    customer.full_clean()
    customer.save(force_insert=True)
    set_up_roles(customer=customer)
    record_customer_audit(
        customer=customer,
        actor=registered_by,
        action="customer:register",
        subject=f"customer:{slug}",
        details={
            "name": name,
            "change_delay_minutes": change_delay_minutes,
            "two_people_for_changes": two_people_for_changes,
        },
    )
    return customer


@transaction.atomic
def rename_customer(*, customer: Customer, name: str, renamed_by: Actor) -> Customer:
    """The short name stays: it stands in files and exports. Raises ValidationError."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    before, customer.name = customer.name, name
    customer.full_clean()
    customer.save(update_fields=["name"])
    record_customer_audit(
        customer=customer,
        actor=renamed_by,
        action="customer:rename",
        subject=f"customer:{customer.slug}",
        details={"from": before, "to": name},
    )
    return customer
