"""Take in what a gateway knows as revoked, after the portal was restored from a backup that does not."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from pki.models import RecalledSerials, Restoration
from sensors.models import Gateway


def recall_of(gateway: Gateway) -> int | None:
    """The number of the restoration that still waits for this gateway's word; None if none does."""
    # One row with both facts: `exclude` over a relation would take them from two rows, and so from two gateways.
    told_all = RecalledSerials.objects.filter(restoration=OuterRef("pk"), told_by=gateway.subject, is_last=True)
    waiting = Restoration.objects.open().filter(~Exists(told_all))
    return waiting.order_by("-pk").values_list("pk", flat=True).first()


@transaction.atomic(durable=True)
def take_recalled_serials(*, gateway: Gateway, recall: int, part: int, is_last: bool, serials: Sequence[str]) -> None:
    """Only stored: who settles the restoration sees what it means. Sent again or too late it changes nothing."""
    if recall_of(gateway) == recall:
        RecalledSerials.objects.get_or_create(
            restoration_id=recall,
            told_by=gateway.subject,
            part=part,
            defaults={"is_last": is_last, "serials": list(serials), "told_at": timezone.now()},
        )
