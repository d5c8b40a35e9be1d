"""Sites and boxes of one customer out of a file, through the operations, as the people's door does it."""

import io
import resource
import time
from collections.abc import Iterator

from bench.portal_process import portal_process
from bench.rows import Row, percentile
from bench.run import Run


def measure(run: Run) -> Iterator[Row]:
    """The file is looked through, confirmed and made true, part by part."""
    with portal_process("people", run):
        yield from _measure(run.size(10_000, 100))


def _measure(count: int) -> Iterator[Row]:
    from accounts.operations.add_person import add_person
    from bench.people_and_places import ACTOR, make_gateway, make_sites
    from sensors.models import Sensor
    from sensors.onboarding.operations.confirm_import import confirm_import
    from sensors.onboarding.operations.make_import_part import make_import_part
    from sensors.onboarding.operations.prepare_import import prepare_import
    from tenants.operations.grant_role import grant_provider_role
    from tenants.roles import ProviderRole

    make_gateway(network="10.88.0.0/16")
    [site] = make_sites(1, 1)
    staff = add_person(email="olga@example.org", name="Olga", added_by=ACTOR)
    grant_provider_role(person=staff, role=ProviderRole.ADMINISTRATOR, granted_by=ACTOR)
    before = _peak_mb()
    began = time.perf_counter()
    run = prepare_import(customer=site.customer, file=_file(site.name, count), file_name="boxes.csv", uploaded_by=staff)
    looked_through = time.perf_counter() - began
    confirm_import(run=run.pk, confirmed_by=staff)
    parts: list[float] = []
    while True:
        part_began = time.perf_counter()
        if make_import_part(run=run.pk, made_by=staff) is None:
            break
        parts.append((time.perf_counter() - part_began) * 1000)
    taken = time.perf_counter() - began
    if Sensor.objects.count() != count:
        raise RuntimeError(f"{Sensor.objects.count()} of {count} boxes are there")
    yield Row("onboard.rows_per_s", count / taken, "rows/s", 1, {"rows": count, "looked_through_s": looked_through})
    # So long a cut-off at the same gateway may wait for an import.
    yield Row("onboard.part_ms", percentile(parts, 50), "ms", len(parts), {"slowest": max(parts)})
    yield Row("onboard.peak_mb", _peak_mb(), "MB", 1, {"before": before})


def _file(site: str, count: int) -> io.BytesIO:
    rows = "".join(f"box,{site},box-{number},rack {number},SN-{number:06}\n" for number in range(count))
    return io.BytesIO(f"kind,site,name,description,serial number\n{rows}".encode())


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
