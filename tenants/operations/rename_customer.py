from django.db import transaction

from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Customer


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
        action=AuditAction.CUSTOMER_RENAME,
        subject=f"customer:{customer.slug}",
        details={"from": before, "to": name},
    )
    return customer
