"""How many sensors stand how, of the whole fleet: counted once for all who look at the same moment."""

import ipaddress
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from limits.kept import Kept
from sensors.fleet.queries import disk_is_readable, is_quiet, of_sensors_in_service, tunnels_that_are_up
from sensors.keys.held_keys import decisions_that_wait_for_people
from sensors.keys.standings.kinds import BESIDE, Standing
from sensors.keys.standings.rules import STANDING_OF_STATE, certificate_ends, gateways_not_known
from sensors.models import Sensor, Session
from sensors.states import SensorState
from tenants.models import Site
from tenants.networks import is_in_networks

# What counting 100,000 sensors takes is spent at most once in so many times as long.
TIMES = 20
Counts = Counter[tuple[UUID, UUID, Standing]]  # by customer and gateway
_BY = ("site__customer", "gateway")
_BY_SENSORS = ("sensor__site__customer", "sensor__gateway")


@dataclass(frozen=True, slots=True)
class Tally:
    counts: Counts
    elsewhere: frozenset[UUID]  # sensors that are not where they are expected

    def of(self, *, customers: Collection[UUID], gateway: UUID | None = None) -> Counter[Standing]:
        """Names its audience: the customers of whom somebody may know."""
        found: Counter[Standing] = Counter()
        for (customer, at, standing), count in self.counts.items():
            if customer in customers and gateway in (None, at):
                found[standing] += count
        return found


def sensors_in(counts: Counter[Standing]) -> int:
    """Each once."""
    return sum(count for standing, count in counts.items() if standing not in BESIDE)


def count_standings(site: UUID | None = None) -> Tally:
    """Eight queries, whatever there is; of one site, or of all."""
    now = timezone.now()
    sensors = Sensor.objects.order_by().filter(**({"site": site} if site else {}))
    of_sensors = {"sensor__site": site} if site else {}
    not_known = gateways_not_known(now)
    counts: Counts = Counter()
    for customer, gateway, state, count in sensors.values_list(*_BY, "state").annotate(Count("pk")):
        in_service = Standing.UNKNOWN if gateway in not_known else Standing.SILENT
        counts[customer, gateway, STANDING_OF_STATE.get(SensorState(state), in_service)] += count
    tunnels = of_sensors_in_service(tunnels_that_are_up()).exclude(gateway__in=not_known).filter(**of_sensors)
    elsewhere = _count_tunnels(tunnels.order_by(), now, counts)
    for customer, gateway, count in sensors.filter(certificate_ends(now)).values_list(*_BY).annotate(Count("pk")):
        counts[customer, gateway, Standing.CERTIFICATE] += count
    held = decisions_that_wait_for_people().order_by().filter(**of_sensors).values_list(*_BY_SENSORS)
    for customer, gateway, count in held.annotate(Count("sensor", distinct=True)):
        counts[customer, gateway, Standing.HELD] += count
    return Tally(+counts, elsewhere)


def _count_tunnels(tunnels: QuerySet[Session], now: datetime, counts: Counts) -> frozenset[UUID]:
    """Boxes of a site share few addresses: whether one is expected there is found out once for all of them."""
    by = ("sensor__site__customer", "gateway", "sensor__site", "public_address")
    rows = tunnels.values_list(*by).annotate(
        Count("pk"), readable=Count("pk", filter=disk_is_readable()), quiet=Count("pk", filter=is_quiet(now))
    )
    networks = dict(Site.objects.order_by().values_list("pk", "expected_networks"))
    places: set[tuple[UUID, str]] = set()
    for customer, gateway, site, address, up, readable, quiet in rows:
        counts[customer, gateway, Standing.SILENT] -= up
        counts[customer, gateway, Standing.QUIET] += quiet
        if is_expected(address, tuple(networks.get(site, ()))):
            counts[customer, gateway, Standing.CONNECTED] += readable
            counts[customer, gateway, Standing.LOCKED] += up - readable
        else:
            counts[customer, gateway, Standing.ELSEWHERE] += up
            places.add((site, address))
    return _sensors_at(tunnels, places)


def _sensors_at(tunnels: QuerySet[Session], places: set[tuple[UUID, str]]) -> frozenset[UUID]:
    sites, addresses = {site for site, _ in places}, {address for _, address in places}
    rows = tunnels.filter(sensor__site__in=sites, public_address__in=addresses)
    found = rows.values_list("sensor", "sensor__site", "public_address")
    return frozenset(sensor for sensor, site, address in found if (site, address) in places)


@lru_cache(maxsize=2**17)
def is_expected(address: str, networks: tuple[str, ...]) -> bool:
    """The same answer for the same words for ever."""
    return is_in_networks(ipaddress.ip_address(address), list(networks))


# What is a minute old is better than a page that waits, or none.
STALE = 60.0
TALLY = Kept(count_standings, seconds=1, times=TIMES, patience=10, stale=STALE)
