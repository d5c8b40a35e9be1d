"""One change, from its commit to its being in force on the gateway, by how many sensors the gateway has."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.commits import noting_commits
from bench.firewall_watch import FirewallWatch, watching_firewall
from bench.laboratory import bench_laboratory
from bench.rows import Row, median_row
from bench.run import Run
from lab.laboratory import Laboratory
from lab.waiting import wait_until

if TYPE_CHECKING:
    from sensors.models import Sensor
    from tenants.models import Person, Site


def measure(run: Run) -> Iterator[Row]:
    """The larger fleet on top of the smaller: same portal, same agent, same kernel."""
    with bench_laboratory(run) as lab:
        lab.start_gateway()
        from bench.people_and_places import make_contact, make_sites

        sites = make_sites(customers=run.size(20, 2), sites_each=1)
        person = make_contact("carla@customer.example", sites)
        for size in (run.size(100, 20), run.size(10_000, 60)):
            sensors = _grow_to(lab, sites, size)
            yield _measure(lab, person, sensors, size, run.size(30, 2))


def _grow_to(lab: Laboratory, sites: "list[Site]", size: int) -> "list[Sensor]":
    """Add sensors with certificates until the gateway has so many, and wait until the agent has them all in place."""
    from django.db import transaction

    from bench.bulk_sensors import analyse, certify, make_sensors
    from sensors.models import Gateway, GatewayContact, GatewaySlot

    with transaction.atomic():
        gateway = Gateway.objects.select_for_update().get(subject=lab.fleet.gateway.subject)
        sensors = make_sensors(
            gateway=gateway, sites=sites, count=size - GatewaySlot.objects.filter(gateway=gateway).count()
        )
        certify(sensors)
    analyse()
    wait_until(
        lambda: GatewayContact.objects.filter(gateway=gateway, observed_generation__gte=gateway.generation).exists(),
        what=f"the agent to take in {size} sensors",
        timeout=120,
    )
    return sensors


def _measure(lab: Laboratory, person: "Person", sensors: "list[Sensor]", size: int, times: int) -> Row:
    directory = lab.gateway.directory
    with watching_firewall(lab.host("gw")) as watch, noting_commits() as last_commit:
        # The first is the warm-up.
        taken = [
            _cut_off(person, sensor, directory, watch, last_commit)
            for sensor in sensors[:: len(sensors) // (times + 1)]
        ][1:]
    in_force = len(list((directory / "ccd").iterdir()))
    return median_row(f"gateway_state.ms_{size}", taken, client_configs=in_force)


def _cut_off(
    person: "Person", sensor: "Sensor", directory: Path, watch: FirewallWatch, last_commit: Callable[[], float]
) -> float:
    """Milliseconds from the report's commit until certificate, name and address are all refused."""
    from django.utils import timezone

    from pki.models import Certificate
    from sensors.cases.operations.report_loss import report_loss
    from sensors.models import Case

    case = report_loss(sensor=sensor, kind="stolen", reported_by=person, received_at=timezone.now())
    taken = (watch.wait_until_closed(sensor.address) - last_commit()) * 1000
    # The agent closes the firewall last: by then these must be done.
    [serial] = Certificate.objects.of_subject(sensor.subject).values_list("serial", flat=True)
    if (directory / "ccd" / sensor.subject).exists() or not (directory / "crl" / serial).exists():
        raise RuntimeError(f"{sensor} is refused by the firewall, but its certificate or its name is not")
    wait_until(
        lambda: Case.objects.exclude(confirmed_at=None).filter(pk=case.pk).exists(),
        what="the case to be confirmed",
        timeout=30,
    )
    return taken
