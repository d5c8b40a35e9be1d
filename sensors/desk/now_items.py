"""What needs a customer's people at this moment, in the order in which it should be looked at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max
from django.urls import reverse

from pki.models import Certificate
from sensors.desk.decision_cards import decision_cards
from sensors.desk.held_cards import HeldCard, held_cards
from sensors.enrolment.operations.warn_of_certificates import WARN_AT_DAYS
from sensors.fleet.live_status import Status
from sensors.fleet.presenting import SensorCard, sensor_card
from sensors.fleet.queries import with_live_state
from sensors.keys.held_requests import waiting_boxes
from sensors.models import Sensor, Session
from sensors.states import CONNECTABLE, SensorState
from tenants.decisions import decidable_by
from tenants.models import Person

# Of the decisions that wait, the most urgent; the rest is on their own page.
DECISIONS_SHOWN = 5
# A box renews its certificate itself, long before: with so many days left a person must look.
CERTIFICATE_ENDS = timedelta(days=WARN_AT_DAYS[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class NowItem:
    tone: str  # one of Status, a style name too
    label: str
    title: str
    reason: str
    since: datetime | None
    until: datetime | None = None
    url: str
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    items: list[NowItem]
    serving: int
    well: int  # connected where they are expected, their recordings in reach
    cut_off: int

    @property
    def all_well(self) -> bool:
        return not self.items and not self.cut_off and self.serving > 0 and self.well == self.serving


def now_of(person: Person, now: datetime) -> Now:
    """By the rules of the sensors' own pages, in a number of queries that does not grow with them."""
    cards = _cards(person)
    serving = [card for card in cards if card.sensor.state in CONNECTABLE]
    held = held_cards(waiting_boxes(person, now)[:DECISIONS_SHOWN], person)
    # One line for each box: a decision about it says where it is, too.
    asked_about = {card.sensor.pk for card in held}
    elsewhere = [card for card in serving if card.elsewhere and card.sensor.pk not in asked_about]
    silent = [card for card in serving if card.status.status is Status.WARNING and not card.elsewhere]
    items = [
        *map(_held, held),
        *_asked(person, now),
        *(_cutting(card) for card in cards if card.status.status is Status.CUTTING),
        *(_troubled(card) for card in elsewhere),
        *(_troubled(card) for card in sorted(silent, key=lambda card: card.status.since or now)),
        *_ending([card.sensor for card in serving], now),
    ]
    well = sum(card.status.status is Status.OK for card in serving)
    cut_off = sum(card.status.status is Status.CUT for card in cards)
    return Now(items=items, serving=len(serving), well=well, cut_off=cut_off)


def _cards(person: Person) -> list[SensorCard]:
    visible = Sensor.objects.visible_to(person).exclude(state=SensorState.RETIRED)
    sensors = list(with_live_state(visible.order_by("site__name", "name")))
    ended = Session.objects.filter(sensor__in=visible).exclude(ended_at=None).order_by()
    last = dict(ended.values_list("sensor").annotate(Max("ended_at")))
    return [sensor_card(sensor, last_ended=last.get(sensor.pk)) for sensor in sensors]


def _held(card: HeldCard) -> NowItem:
    return NowItem(
        tone=Status.WARNING,
        label="A decision waits for you",
        title=f"{card.sensor.name} asks for its key",
        reason=f"From {card.held.public_address}. Until somebody has looked, its recordings stay locked.",
        since=card.held.at,
        url=reverse("held-key", args=[card.sensor.pk]),
        button="Decide",
    )


def _asked(person: Person, now: datetime) -> Iterator[NowItem]:
    asked = decidable_by(person, now).select_related("customer", "requested_by", "decided_by").order_by("expires_at")
    for card in decision_cards(list(asked[:DECISIONS_SHOWN]), person, now):
        yield NowItem(
            tone=Status.WARNING,
            label="A decision waits for you",
            title=card.title,
            reason=f"{card.approval.requested_by} asks for {card.decision.what}.",
            since=card.approval.requested_at,
            url=reverse("decision", args=[card.approval.pk]),
            button="Decide",
        )


def _cutting(card: SensorCard) -> NowItem:
    return NowItem(
        tone=card.status.status,
        label=card.status.label,
        title=card.sensor.name,
        reason=card.status.reason,
        since=card.case.received_at if card.case else None,
        url=reverse("case", args=[card.case.pk]) if card.case else reverse("sensor", args=[card.sensor.pk]),
        button="Open the case",
    )


def _troubled(card: SensorCard) -> NowItem:
    return NowItem(
        tone=card.status.status,
        label=card.status.label,
        title=card.sensor.name,
        reason=card.status.reason,
        since=card.status.since,
        url=reverse("sensor", args=[card.sensor.pk]),
        button="Look at it",
    )


def _ending(sensors: Iterable[Sensor], now: datetime) -> Iterator[NowItem]:
    """By each box's newest certificate that is not revoked."""
    names = {sensor.subject: sensor for sensor in sensors}
    good = Certificate.objects.not_revoked().filter(subject__in=names).order_by()
    ends = good.values_list("subject").annotate(ends=Max("not_after")).filter(ends__lt=now + CERTIFICATE_ENDS)
    for subject, until in sorted(ends, key=lambda row: row[1]):
        yield NowItem(
            tone=Status.WARNING,
            label="Certificate ends",
            title=names[subject].name,
            reason="The box has not renewed it by itself. When it ends, the box comes in no more: call your provider.",
            since=None,
            until=until,
            url=reverse("sensor", args=[names[subject].pk]),
            button="Look at it",
        )
