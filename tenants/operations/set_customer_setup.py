from django.db import transaction

from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Customer, SetupChanges
from tenants.models.setup_level import take_setup


@transaction.atomic
def set_customer_setup(*, customer: Customer, changes: SetupChanges, set_by: Actor) -> Customer:
    """For the sensors of which neither they nor their site say otherwise. Raises ValidationError."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    details = take_setup(customer, changes)
    customer.save(update_fields=list(changes))
    record_customer_audit(
        customer=customer,
        actor=set_by,
        action=AuditAction.CUSTOMER_SET_SETUP,
        subject=f"customer:{customer.slug}",
        details=details,
    )
    return customer
