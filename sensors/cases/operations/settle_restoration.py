"""Say that all that can be known of the time since the backup is known: keys are given out and lists signed again."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from pki.models import RecalledSerials, Restoration
from sensors.models import Gateway
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_provider_audit


class GatewaysMissing(Exception):
    """Some have not told what they know as revoked. The text names them."""


def gateways_to_come(restoration: Restoration) -> list[Gateway]:
    """Those that have not told all they know yet."""
    told = RecalledSerials.objects.filter(restoration=restoration, is_last=True).values("told_by")
    return list(Gateway.objects.serving().exclude(subject__in=told).order_by("name"))


@transaction.atomic(durable=True)
def settle_restoration(*, restoration: Restoration, without: Collection[str], settled_by: Actor) -> None:
    """`without` names gateways that will not come. Raises GatewaysMissing. The caller has recovered what was told."""
    restoration = Restoration.objects.select_for_update().get(pk=restoration.pk)
    names = [gateway.name for gateway in gateways_to_come(restoration)]
    if missing := [name for name in names if name not in without]:
        raise GatewaysMissing(f"Not told what they know as revoked: {', '.join(missing)}.")
    restoration.settled_at = timezone.now()
    restoration.save(update_fields=["settled_at"])
    record_provider_audit(
        actor=settled_by,
        action=AuditAction.RESTORATION_SETTLE,
        subject=f"restoration:{restoration.pk}",
        details={"without": sorted(name for name in names if name in without)},
    )
