"""The boxes that somebody may choose from, by site, in a number of queries that does not grow with the fleet."""

from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from sensors.cases.pages.report_form import could_be_gone, keys_in
from sensors.fleet.presenting import SensorCard, sensor_card
from sensors.fleet.queries import with_live_state
from sensors.models import Sensor
from tenants.models import Person, Site
from tenants.roles import Permission

LISTED = 50
# Fewer are looked through faster than a word is typed.
MANY = 8


@dataclass(frozen=True, slots=True)
class SiteChoices:
    site: Site
    cards: tuple[SensorCard, ...]
    boxes: int  # that could be gone, at this site, whether they are listed or not


@dataclass(frozen=True, slots=True)
class Choices:
    sites: tuple[SiteChoices, ...]
    chosen: frozenset[UUID]
    chosen_sites: frozenset[UUID]
    words: str
    found: int
    listed: int
    is_searched: bool
    several_customers: bool


def choices_for(person: Person, sent: QueryDict, only: Sensor | None) -> Choices:
    """What was chosen before stays chosen, and listed. With `only`, the other boxes of its site."""
    mine = Sensor.objects.permitting(person, Permission.LOSS_REPORT).filter(could_be_gone(person))
    if only:
        mine = mine.filter(site=only.site_id).exclude(pk=only.pk)
    words = sent.get("q", "").strip()[:80].replace("\0", "")
    chosen, chosen_sites = frozenset(keys_in(sent, "sensor")), frozenset(keys_in(sent, "site"))
    found = mine.filter(_matches(words)) if words else mine
    # Keys first, since a box that is chosen is listed whether it is found or not.
    order = ("site__customer__name", "site__name", "site", "name")
    listed = list(found.order_by(*order).values_list("pk", flat=True)[:LISTED])
    shown = with_live_state(mine.filter(Q(pk__in=listed) | Q(pk__in=chosen)))
    cards = [sensor_card(sensor) for sensor in shown.order_by(*order)]
    count = found.count()
    if not only and count == 1 and not words and not chosen and not chosen_sites:
        chosen = frozenset(card.sensor.pk for card in cards if card.can_be_reported)
    return Choices(
        sites=_by_site(cards, mine, chosen_sites, person),
        chosen=chosen,
        chosen_sites=chosen_sites,
        words=words,
        found=count,
        listed=len(listed),
        is_searched=bool(words) or count > MANY,
        several_customers=len({card.sensor.site.customer_id for card in cards}) > 1,
    )


def _matches(words: str) -> Q:
    return (
        Q(name__icontains=words)
        | Q(description__icontains=words)
        | Q(hardware_serial__icontains=words)
        | Q(site__name__icontains=words)
        | Q(site__customer__name__icontains=words)
    )


def _by_site(
    cards: list[SensorCard], mine: QuerySet[Sensor], chosen_sites: frozenset[UUID], person: Person
) -> tuple[SiteChoices, ...]:
    of_cards = {card.sensor.site_id: card.sensor.site for card in cards}
    unlisted = Site.objects.permitting(person, Permission.LOSS_REPORT).filter(pk__in=chosen_sites - of_cards.keys())
    sites = of_cards | {site.pk: site for site in unlisted.select_related("customer")}
    counted = mine.filter(site__in=list(sites)).order_by().values_list("site").annotate(Count("pk"))
    boxes = dict(counted)
    grouped = {key: tuple(group) for key, group in groupby(cards, key=lambda card: card.sensor.site_id)}
    return tuple(SiteChoices(site, grouped.get(key, ()), boxes.get(key, 0)) for key, site in sites.items())
