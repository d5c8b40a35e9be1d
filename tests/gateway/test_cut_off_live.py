"""Real OpenVPN, real nft, real namespaces: what a cut-off does to the cut sensor and to nobody else."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.gateway_host import GatewayHost, Sensor
from tests.gateway.network import wait_until

pytestmark = pytest.mark.root


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GatewayHost]:
    made = GatewayHost(tmp_path, sensors=3)
    try:
        made.start_all()
        yield made
    finally:
        made.close()


def tells_of_cut(sensor: Sensor) -> Any:
    return lambda report: [
        cut for cut in report["cuts"] if cut["subject"] == sensor.subject and cut["session_gone"]
    ]


def connected_since(host: GatewayHost, sensor: Sensor) -> str:
    ups = [up for report in host.portal.reports for up in report["sessions"]["up"]]
    return str([up["since"] for up in ups if up["subject"] == sensor.subject][-1])


def test_cutting_one_ends_its_session_at_once_and_touches_nobody_else(host: GatewayHost) -> None:
    stolen, *others = host.sensors
    assert all(host.answers_ping(sensor) for sensor in host.sensors)
    before = [connected_since(host, sensor) for sensor in others]
    began = time.monotonic()
    generation = host.portal.want(stolen.cut())
    report, arrived = host.portal.wait_for_report(tells_of_cut(stolen), seconds=5, what="the cut")
    [cut] = report["cuts"]
    took = (arrived - began) * 1000
    print(f"\nstate change to cut reported: {took:.0f} ms; the agent says {cut['took_ms']} ms to session gone")
    assert cut == {**cut, "generation": generation, "firewall_closed": True, "serials_blocked": True}
    assert cut["client_config_removed"]
    assert report["generation"] == generation
    assert took < 1000
    assert not host.answers_ping(stolen)
    assert stolen.address not in host.open_addresses()
    assert all(host.answers_ping(sensor) for sensor in others)
    host.make_it_try_again(stolen)
    sighted, _ = host.portal.wait_for_report(lambda one: one["sightings"], seconds=10, what="a sighting")
    [sighting] = sighted["sightings"]
    assert (sighting["serial"], sighting["source"]) == (stolen.serial, stolen.public_address)
    assert [connected_since(host, sensor) for sensor in others] == before
