from django.db import transaction

from tenants.actors import Actor
from tenants.audit.actions import AuditAction
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
        action=AuditAction.CUSTOMER_REGISTER,
        subject=f"customer:{slug}",
        details={
            "name": name,
            "change_delay_minutes": change_delay_minutes,
            "two_people_for_changes": two_people_for_changes,
        },
    )
    return customer
