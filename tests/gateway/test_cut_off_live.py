"""Real OpenVPN, real nft, real namespaces: what a cut-off does to the cut sensor and to nobody else."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway.lone_gateway import LoneGateway, handshakes
from tests.support.gateway.told import tells_of_ended_session, whole_cut
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LoneGateway]:
    made = LoneGateway(tmp_path, sensors=3)
    try:
        made.start_all()
        yield made
    finally:
        made.close()


def tell(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")


def test_cutting_one_ends_its_session_at_once_and_touches_nobody_else(host: LoneGateway) -> None:
    stolen, *others = host.sensors
    assert all(host.answers_ping(sensor) for sensor in host.sensors)
    began = time.monotonic()
    generation = host.portal.want(stolen.cut())
    report, arrived = host.portal.wait_for_report(tells_of_ended_session(stolen.subject), seconds=5, what="the cut")
    [cut] = report["cuts"]
    took = (arrived - began) * 1000
    tell(f"state change to cut reported: {took:.0f} ms; {cut['took_ms']} ms of it to the session gone")
    assert cut == whole_cut(stolen.subject, generation=generation, took_ms=cut["took_ms"])
    assert report["generation"] == generation
    assert took < 2000
    assert not host.answers_ping(stolen)
    assert stolen.address not in host.open_addresses()
    assert all(host.answers_ping(sensor) for sensor in others)
    host.make_it_try_again(stolen)
    sighted, _ = host.portal.wait_for_report(lambda one: one["sightings"], seconds=10, what="a sighting")
    assert (sighted["sightings"][0]["serial"], sighted["sightings"][0]["source"]) == (
        stolen.serial,
        stolen.public_address,
    )
    assert all(host.answers_ping(sensor) for sensor in others)
    assert [handshakes(host, sensor) for sensor in others] == [1, 1]


def test_an_agent_killed_before_the_cut_makes_it_when_it_is_back(host: LoneGateway) -> None:
    stolen, *others = host.sensors
    host.kill_agent()
    host.portal.want(stolen.cut())
    host.start_agent()
    report, _ = host.portal.wait_for_report(tells_of_ended_session(stolen.subject), seconds=10, what="the cut")
    assert report["cuts"][0]["firewall_closed"]
    assert not host.answers_ping(stolen)
    assert all(host.answers_ping(sensor) for sensor in others)
    assert [handshakes(host, sensor) for sensor in others] == [1, 1]
    sequences = [one["sequence"] for one in host.portal.reports]
    assert sequences == sorted(set(sequences))


def test_a_cut_that_could_not_be_told_is_told_by_the_agents_next_life(host: LoneGateway) -> None:
    stolen = host.sensors[0]
    host.portal.refuse_reports = 503
    host.portal.want(stolen.cut())
    wait_until(lambda: "generation 2 is in place" in host.log_of("agent"), seconds=5, what="the cut is in place")
    host.kill_agent()
    host.portal.refuse_reports = None
    host.start_agent()
    report, _ = host.portal.wait_for_report(tells_of_ended_session(stolen.subject), seconds=10, what="the cut")
    assert (report["cuts"][0]["firewall_closed"], report["cuts"][0]["serials_blocked"]) == (True, True)


def test_all_locks_hold_while_the_portal_is_down_and_the_agent_starts_anew(host: LoneGateway) -> None:
    stolen, *others = host.sensors
    host.portal.want(stolen.cut())
    host.portal.wait_for_report(tells_of_ended_session(stolen.subject), seconds=5, what="the cut")
    host.close_door()
    host.kill_agent()
    host.network.run(host.host, "nft", "delete", "table", "inet", "nsmaas")
    (host.directory / "ccd" / stolen.subject).write_text(f"ifconfig-push {stolen.address} 255.255.0.0\n")
    host.start_agent()
    wait_until(lambda: others[0].address in host.open_addresses(), seconds=5, what="the firewall is back")
    assert stolen.address not in host.open_addresses()
    wait_until(lambda: not (host.directory / "ccd" / stolen.subject).exists(), seconds=5, what="the ccd file is gone")
    host.make_it_try_again(stolen)
    wait_until(lambda: "sighting: serial" in host.log_of("agent"), seconds=10, what="the agent saw the box")
    told = len(host.portal.reports)
    host.open_door()
    host.portal.wait_for_report(lambda one: one["sightings"], seconds=10, what="the kept sighting", after=told)
    assert all(host.answers_ping(sensor) for sensor in others)
    assert [handshakes(host, sensor) for sensor in others] == [1, 1]


def test_a_session_that_slipped_through_is_ended_within_two_seconds(host: LoneGateway) -> None:
    """Not revoked, and its client-config is back by another's hand: only the sweep is left to end it."""
    withdrawn = host.sensors[0]
    host.portal.want(withdrawn.allowed(allowed=False, client_config=None))
    host.portal.wait_for_report(tells_of_ended_session(withdrawn.subject), seconds=5, what="the cut")
    host.make_it_try_again(withdrawn)

    def came_in_and_was_ended() -> bool:
        """The agent takes the file away within a second, so that hand puts it back again and again."""
        (host.directory / "ccd" / withdrawn.subject).write_text(f"ifconfig-push {withdrawn.address} 255.255.0.0\n")
        return f"kill {withdrawn.subject}" in host.log_of("agent")

    wait_until(came_in_and_was_ended, seconds=15, what="it came in again and its session was ended")
    assert not host.answers_ping(withdrawn)


def test_a_revoked_certificate_ends_the_session_of_a_sensor_that_stays_allowed(host: LoneGateway) -> None:
    replaced, *others = host.sensors
    serials = [replaced.serial, "4242"]
    host.portal.want(replaced.allowed(serials=serials, revoked_serials=[replaced.serial]))
    wait_until(lambda: replaced.subject not in host.portal.sessions(), seconds=5, what="the old session is gone")
    host.make_it_try_again(replaced)
    report, _ = host.portal.wait_for_report(lambda one: one["sightings"], seconds=10, what="a sighting")
    assert report["sightings"][0]["serial"] == replaced.serial
    assert replaced.address in host.open_addresses()
    assert [handshakes(host, sensor) for sensor in others] == [1, 1]


def test_a_sensor_allowed_while_openvpn_runs_gets_in(host: LoneGateway) -> None:
    first = host.sensors[0]
    host.portal.want(first.allowed(allowed=False, client_config=None))
    host.portal.wait_for_report(tells_of_ended_session(first.subject), seconds=5, what="the cut")
    host.portal.want(first.allowed())
    host.make_it_try_again(first)
    wait_until(lambda: first.subject in host.portal.sessions(), seconds=10, what="it is back")
    assert host.answers_ping(first)
