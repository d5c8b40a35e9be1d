"""Somebody without an account reports a box with the printed card of its site. It can only cut off."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sensors.cases.operations.open_case import open_case
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Case, LossCard, Sensor
from sensors.states import REPORTABLE
from tenants.operations.decide_approval import overtake_approvals

# Who has found a card cuts off so many boxes of one site in any hour. More of them wait for a call.
MOST_IN_AN_HOUR = 3


class CardRevoked(Exception):
    """Since the page with the boxes was opened."""


class TooManyByCard(Exception):
    """This box is not cut off: somebody has to call."""


@transaction.atomic(durable=True)
def report_loss_by_card(
    *, card: LossCard, sensor: Sensor, kind: str, received_at: datetime, shown_at: datetime
) -> Case:
    """The case; the one that is open already, if somebody was faster, which counts for no limit.

    `shown_at` is when the page was made on which it was chosen: a page that a phone sends again on its own, days later,
    cuts off no box that came back meanwhile. Raises CardRevoked, TooManyByCard, and ValidationError for a box that is
    not at the card's site, out of service, or back since.
    """
    sensor = lock_sensor(sensor)
    # Two reports with one card come one after the other, so that both are counted; so does its revocation.
    locked = LossCard.objects.good().select_for_update(of=("self",), no_key=True).select_related("site")
    if (good := locked.filter(pk=card.pk).first()) is None:
        raise CardRevoked
    if sensor.site_id != good.site_id:
        raise ValidationError(
            _("This box is not at %(site)s any more: nothing was done to it."), params={"site": good.site.name}
        )
    if case := Case.objects.filter(sensor=sensor, closed_at=None).first():
        # A person who was asked to agree that it was found must know.
        overtake_approvals(about=case.about, overtaken_by=good.actor, person=None)
        return case
    if Case.objects.filter(sensor=sensor, closed_at__gt=shown_at).exists():
        raise ValidationError(
            _("%(name)s came back after you chose it: it was NOT cut off. Look again."), params={"name": sensor.name}
        )
    if sensor.state not in REPORTABLE:
        raise ValidationError(
            _("%(name)s is %(state)s: there is nothing left to cut off."),
            params={"name": sensor.name, "state": sensor.get_state_display()},
        )
    since = timezone.now() - timedelta(hours=1)
    if Case.objects.filter(reported_with=good, opened_at__gt=since).count() >= MOST_IN_AN_HOUR:
        raise TooManyByCard
    case = Case(sensor=sensor, kind=kind, reported_with=good, received_at=received_at)
    open_case(case=case, sensor=sensor)
    return case
