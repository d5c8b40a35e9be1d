"""Another machine takes the place of a gateway that was revoked, under a new name. What was revoked stays revoked."""

from django.utils import timezone

from database.owner_functions import call_owner_function, has_owner_functions
from sensors.fleet.gateway_steps import GIVE_BACK
from sensors.fleet.operations.tell_of_gateway import tell_of_gateway
from sensors.models import Gateway
from sensors.subjects import new_gateway_subject
from tenants.audit.record_audit import record_provider_audit
from tenants.models import Approval


def give_back_gateway(*, gateway: Gateway, agreed: Approval) -> Gateway:
    """In the transaction in which a second person has agreed; the caller holds the gateway's row lock.

    Its boxes stay its boxes and have to enrol again: the tunnel keys that they have were made from one that is
    destroyed, and the name that they expect belongs to the machine that was revoked.
    """
    before, subject = gateway.subject, new_gateway_subject()
    if has_owner_functions():
        call_owner_function("sensors_give_back_gateway", agreed.pk, subject)
    else:
        gateway.subject, gateway.subject_since = subject, agreed.decided_at or timezone.now()
        gateway.revoked_at, gateway.revoked_by, gateway.revoked_because = None, None, ""
        gateway.save(update_fields=["subject", "subject_since", "revoked_at", "revoked_by", "revoked_because"])
    gateway.refresh_from_db()
    record_provider_audit(
        actor=agreed.requested_by.actor,
        action=GIVE_BACK,
        subject=f"gateway:{gateway.subject}",
        details={"gateway": gateway.name, "was": before, "approval": str(agreed.pk)},
    )
    tell_of_gateway(gateway=gateway, step=GIVE_BACK, done_by=agreed.requested_by.actor, agreed_by=agreed.decided_by)
    return gateway
