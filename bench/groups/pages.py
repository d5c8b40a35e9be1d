"""The page that everybody sees first, by how many sensors there are."""

from collections.abc import Iterator

from bench.portal_process import portal_process
from bench.rows import Row, percentile
from bench.run import Run
from bench.stopwatch import milliseconds_of

WARM_UP = 3


def measure(run: Run) -> Iterator[Row]:
    """A fleet of each size, the larger on top of the smaller, seen by a contact of all its customers."""
    with portal_process("people", run):
        from bench.people_and_places import PUBLIC_ADDRESS, make_contact, make_gateway, make_sites

        gateway = make_gateway(network="10.64.0.0/16")
        sites = make_sites(customers=run.size(20, 2), sites_each=run.size(5, 2))
        person = make_contact("carla@customer.example", sites)
        made = 0
        for size in (10, run.size(10_000, 50)):
            from bench.bulk_sensors import analyse, connect, make_sensors

            gateway.refresh_from_db()
            sensors = make_sensors(gateway=gateway, sites=sites, count=size - made)
            connect(gateway=gateway, sensors=sensors, public_address=PUBLIC_ADDRESS)
            analyse()
            made = size
            yield from _measure(person.email, size, run.size(60, 3))


def _measure(email: str, size: int, times: int) -> Iterator[Row]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tenants.models import Person

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(Person.objects.get(email=email), settings.AUTHENTICATION_BACKENDS[0])
    queries, shown = 0, 0

    def load() -> None:
        answer = client.get("/")
        if answer.status_code != 200 or b"box-" not in answer.content:
            raise RuntimeError(f"the page of sensors answered {answer.status_code}")
        nonlocal shown
        shown = answer.content.count(b'class="row-link"')

    for _ in range(WARM_UP):
        load()
    with CaptureQueriesContext(connection) as captured:
        load()
    queries = len(captured)
    taken = [milliseconds_of(load) for _ in range(times)]
    facts: dict[str, object] = {"sensors_on_the_page": shown, "median": round(percentile(taken, 50), 2)}
    yield Row(f"pages.sensors_queries_{size}", queries, "queries", 1, facts)
    yield Row(f"pages.sensors_p95_ms_{size}", percentile(taken, 95), "ms", times, facts)
