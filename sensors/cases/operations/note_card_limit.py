"""More boxes with one card than its limit in an hour: they are not cut off, and people hear which they are."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from notices.operations.queue_mails import queue_mails
from sensors.models import LossCard, Sensor
from tenants.audiences import people_to_tell
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import AuditEntry


@transaction.atomic(durable=True)
def note_card_limit(*, card: LossCard, sensors: Sequence[Sensor], kind: str) -> None:
    """Of each box once in an hour, however often it is asked for: who holds a card fills nobody's mailbox."""
    locked = LossCard.objects.select_for_update(of=("self",), no_key=True).select_related("site__customer")
    card = locked.get(pk=card.pk)
    customer, since = card.site.customer, timezone.now() - timedelta(hours=1)
    earlier = AuditEntry.objects.filter(
        chain__customer=customer, action=AuditAction.LOSS_CARD_LIMIT, actor=str(card.actor), at__gt=since
    )
    known = set(earlier.values_list("subject", flat=True))
    fresh = [sensor for sensor in sensors if f"sensor:{sensor.subject}" not in known]
    for sensor in fresh:
        record_customer_audit(
            customer=customer,
            actor=card.actor,
            action=AuditAction.LOSS_CARD_LIMIT,
            subject=f"sensor:{sensor.subject}",
            details={"kind": kind},
        )
    if fresh:
        queue_mails(
            recipients=people_to_tell(customer),
            template="loss_card_limit",
            about=card.about,
            context={"card": card, "customer": customer, "sensors": fresh, "kind": kind},
        )
