"""What stands above a list of sensors: states with their counts, and what there is to choose from."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet

from sensors.fleet.live_status import Status
from sensors.keys.standings.kinds import Standing
from sensors.keys.standings.tally import Tally, count_standings, sensors_in
from sensors.keys.standings.wanted import Wanted
from sensors.models import Gateway, Sensor
from tenants.models import Customer, Person, Site

# More than so many nobody looks through in a list to choose from: they search.
MOST_CHOICES = 200


@dataclass(frozen=True, slots=True)
class Chip:
    """A state, the number of sensors in it (None where that would take too long), and the page that shows them."""

    value: str
    words: str
    style: Status | None
    count: int | None
    address: str
    chosen: bool


class CountedPages(Paginator):  # type: ignore[type-arg]  # takes none at run time
    """Of sensors that were counted already, where that is known."""

    def __init__(self, sensors: QuerySet[Sensor, UUID], per_page: int, *, counted: int | None) -> None:
        super().__init__(sensors, per_page)
        self._sensors, self._counted = sensors, counted

    @cached_property
    def count(self) -> int:
        """Where the address names words, they are looked for in the database."""
        return self._counted if self._counted is not None else self._sensors.order_by().count()


def counts_of(wanted: Wanted, tally: Tally, customers: Collection[UUID]) -> Counter[Standing] | None:
    """None where somebody searches by words: what has these in it is counted by its page alone."""
    if wanted.words:
        return None
    if wanted.site:
        tally = count_standings(wanted.site.pk)
    return tally.of(customers=customers, gateway=wanted.gateway.pk if wanted.gateway else None)


def count_of(wanted: Wanted, counts: Counter[Standing] | None) -> int | None:
    if counts is None:
        return None
    return counts[wanted.standing] if wanted.standing else sensors_in(counts)


def chips_of(wanted: Wanted, counts: Counter[Standing] | None) -> list[Chip]:
    """States in which there is none are left out, unless it is the one that was asked for."""
    every = None if counts is None else sensors_in(counts)
    chips = [Chip("", "All", None, every, wanted.address(state=""), wanted.standing is None)]
    for standing in Standing:
        count = None if counts is None else counts[standing]
        if count != 0 or standing is wanted.standing:
            address = wanted.address(state=standing)
            chips.append(Chip(standing, standing.words, standing.style, count, address, standing is wanted.standing))
    return chips


@dataclass(frozen=True)
class Choices:
    """Asked for only where the whole page is shown, not each time that its list is."""

    person: Person
    wanted: Wanted

    @cached_property
    def customers(self) -> list[Customer]:
        """Empty where there is nothing to choose, or too much."""
        found = list(Customer.objects.visible_to(self.person)[: MOST_CHOICES + 1])
        return found if 1 < len(found) <= MOST_CHOICES else []

    @cached_property
    def sites(self) -> list[Site]:
        sites = Site.objects.visible_to(self.person).order_by("name")
        customer = self.wanted.site.customer if self.wanted.site else self.wanted.customer
        if customer is None and self.customers:
            return []
        found = list((sites.filter(customer=customer) if customer else sites)[: MOST_CHOICES + 1])
        return found if 1 < len(found) <= MOST_CHOICES else []

    @cached_property
    def gateways(self) -> list[Gateway]:
        found = list(Gateway.objects.visible_to(self.person)[: MOST_CHOICES + 1])
        return found if 1 < len(found) <= MOST_CHOICES else []
