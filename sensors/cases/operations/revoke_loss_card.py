"""A loss card that was lost, found by somebody else, or is not wanted any more."""

from django.db import transaction
from django.utils import timezone

from notices.operations.queue_mails import queue_mails
from sensors.models import LossCard
from tenants.audiences import people_to_tell
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Person


@transaction.atomic(durable=True)
def revoke_loss_card(*, card: LossCard, revoked_by: Person) -> None:
    """From this commit on its code is worth nothing. Sent twice it is one. The caller has made sure that they may."""
    good = LossCard.objects.good().select_for_update(of=("self",), no_key=True).select_related("site__customer")
    found = good.filter(pk=card.pk).first()
    if found is None:
        return
    found.revoked_at, found.revoked_by = timezone.now(), revoked_by
    found.save(update_fields=["revoked_at", "revoked_by"])
    customer = found.site.customer
    record_customer_audit(
        customer=customer, actor=revoked_by.actor, action=AuditAction.LOSS_CARD_REVOKE, subject=found.about
    )
    queue_mails(
        recipients=people_to_tell(customer),
        template="loss_card",
        about=found.about,
        context={"card": found, "before": None, "customer": customer, "done_by": revoked_by},
    )
