"""The pages that everybody sees first, by how many sensors there are: a customer's list, and staff's."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from typing import Any

from bench.portal_process import portal_process
from bench.rows import Row, percentile
from bench.run import Run
from bench.stopwatch import milliseconds_of

WARM_UP = 3
MISPLACED = 7
# A gateway's underlay holds 65,534.
MOST_AT_A_GATEWAY = 50_000


def measure(run: Run) -> Iterator[Row]:
    """A fleet of each size, the larger on top of the smaller, seen by a contact of all its customers and by staff."""
    with portal_process("people", run, {"NSMAAS_SECOND_FACTOR": "offered"}):
        from bench.people_and_places import make_contact, make_gateway, make_sites, make_staff

        gateways = [make_gateway(network=f"10.{net}.0.0/16", name=f"gateway-{net}") for net in (64, 65)]
        sites = make_sites(customers=run.size(20, 2), sites_each=run.size(5, 2))
        contact, staff = make_contact("carla@customer.example", sites), make_staff("otto@provider.example")
        made, times = 0, run.size(60, 3)
        for size in (10, 50) if run.quick else (10, 1_000, 100_000):
            _grow(gateways, sites, made, size)
            made = size
            yield from _measure("sensors", contact.email, ["/sensors/"], size, times)
            yield from _measure("fleet", staff.email, ["/sensors/", "/sensors/?state=not-where-expected"], size, times)
            searches = [f"/sensors/?q={words}" for words in ("box-1", "rack", "10.64.0.9", "no-such-box")]
            yield from _measure("search", contact.email, searches, size, times)


def _grow(gateways: list[Any], sites: list[Any], made: int, size: int) -> None:
    from bench.bulk_sensors import analyse, certify_in_name, connect, make_sensors, misplace
    from bench.people_and_places import PUBLIC_ADDRESS

    for gateway, until, called in zip(gateways, (MOST_AT_A_GATEWAY, size), ("box", "crate"), strict=True):
        gateway.refresh_from_db()
        count = max(0, min(size, until) - made)
        sensors = make_sensors(gateway=gateway, sites=sites, count=count, called=called)
        connect(gateway=gateway, sensors=sensors, public_address=PUBLIC_ADDRESS)
        made += len(sensors)
    certify_in_name()
    misplace(MISPLACED)
    analyse()


def _measure(name: str, email: str, paths: list[str], size: int, times: int) -> Iterator[Row]:
    """The pages in turn. What is counted for all who ask at one moment is part of it, as often as it comes to be."""
    from django.conf import settings
    from django.test import Client

    from tenants.models import Person

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(Person.objects.get(email=email), settings.AUTHENTICATION_BACKENDS[0])
    shown: list[int] = []

    def load(path: str) -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"the page of sensors answered {answer.status_code}")
        shown.append(answer.content.count(b'class="row-link"'))

    for _ in range(WARM_UP):
        for path in paths:
            load(path)
    queries = [_queries_of(load, path) for path in paths]
    taken = [milliseconds_of(partial(load, path)) for path, _ in zip(cycle(paths), range(times), strict=False)]
    if not max(shown):
        raise RuntimeError("the page of sensors shows none")
    facts: dict[str, object] = {"rows_on_the_page": max(shown), "median": round(percentile(taken, 50), 2)}
    yield Row(f"pages.{name}_queries_{size}", max(queries), "queries", len(paths), facts)
    yield Row(f"pages.{name}_p95_ms_{size}", percentile(taken, 95), "ms", times, facts)


def _queries_of(load: Callable[[str], None], path: str) -> int:
    """With everything that is counted again."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from sensors.keys.standings.tally import TALLY

    TALLY.forget()
    with CaptureQueriesContext(connection) as captured:
        load(path)
    return len(captured)
