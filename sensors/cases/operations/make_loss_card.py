"""A new loss card for a site. Its code is shown once; the card before it ends."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices.operations.queue_mails import queue_mails
from sensors.cases.card_codes import digest_of, new_code
from sensors.models import LossCard
from tenants.audiences import people_to_tell
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Person, Site

MADE_SINCE = _(
    "This site has got a card since this page was opened. Its code was shown once and is not shown again. To make "
    "another, which ends it, press once more."
)


@transaction.atomic(durable=True)
def make_loss_card(*, site: Site, made_by: Person, after: int) -> tuple[LossCard, str]:
    """The card, and its code for this once. Raises ValidationError.

    The caller has made sure that `made_by` may report losses there. `after` is the number of the site's newest card
    that the asker knows of, 0 for none: a page that is loaded again ends no card.
    """
    cards = LossCard.objects.filter(site=site)
    before = cards.good().select_for_update(no_key=True).first()
    if after != (cards.order_by("-pk").values_list("pk", flat=True).first() or 0):
        raise ValidationError(MADE_SINCE)
    now, code = timezone.now(), new_code()
    if before:
        before.revoked_at, before.revoked_by = now, made_by
        before.save(update_fields=["revoked_at", "revoked_by"])
    card = LossCard(site=site, digest=digest_of(code), made_by=made_by, made_at=now)
    try:
        with transaction.atomic():
            card.save(force_insert=True)
    except IntegrityError:
        raise ValidationError(MADE_SINCE) from None
    record_customer_audit(
        customer=site.customer,
        actor=made_by.actor,
        action=AuditAction.LOSS_CARD_MAKE,
        subject=card.about,
        details={"site": str(site.pk)} | ({"ends": before.pk} if before else {}),
    )
    queue_mails(
        recipients=people_to_tell(site.customer),
        template="loss_card",
        about=card.about,
        context={"card": card, "before": before, "customer": site.customer, "done_by": made_by},
    )
    return card, code
