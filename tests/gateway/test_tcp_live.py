"""A gateway that is listened at by UDP and by TCP, with one agent: for sites that let no UDP out."""

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway.configurations import CLIENT_CONF_OF_TWO, CONFIG, CONFIG_WITH_TCP, PUBLIC_ADDRESS
from tests.support.gateway.lone_gateway import LoneGateway, TunnelBox, handshakes
from tests.support.gateway.told import has_problem, tells_of_ended_session, whole_cut
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root
BY_TCP = 2**40


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LoneGateway]:
    """Its first box is where no UDP comes out, the second is not."""
    made = LoneGateway(tmp_path, sensors=2)
    made.agent_options = ["--snapshot-interval", "2"]
    try:
        for sensor in made.sensors:
            (made.folder / sensor.subject / "client.conf").write_text(CLIENT_CONF_OF_TWO)
        close_udp(made, made.sensors[0])
        made.portal.want(*(sensor.allowed() for sensor in made.sensors), config=CONFIG_WITH_TCP)
        made.start_agent()
        made.start_openvpn()
        made.start_openvpn_tcp()
        # As the unit has it done when the device is there.
        for tunnel in ("tun0", "nsmtcp0"):
            option = f"net.ipv4.conf.{tunnel}.rp_filter"
            wait_until(partial(can_set, made, option), seconds=20, what=f"{tunnel} is there")
        made.connect(*made.sensors)
        everybody = {sensor.subject for sensor in made.sensors}
        wait_until(lambda: made.portal.sessions() == everybody, seconds=60, what="all sessions are reported")
        yield made
    finally:
        made.close()


def can_set(host: LoneGateway, option: str) -> bool:
    try:
        host.network.run(host.host, "sysctl", "-q", "-w", f"{option}=1")
    except RuntimeError:
        return False
    return True


def close_udp(host: LoneGateway, sensor: TunnelBox) -> None:
    """Dropped without a word, as a site's firewall does."""
    rules = "add table ip site; add chain ip site out { type filter hook output priority 0; }"
    host.network.run(sensor.host, "nft", f"{rules}; add rule ip site out ip daddr {PUBLIC_ADDRESS} udp dport 1194 drop")


def open_udp(host: LoneGateway, sensor: TunnelBox) -> None:
    host.network.run(sensor.host, "nft", "delete table ip site")


def told_session(host: LoneGateway, sensor: TunnelBox) -> dict[str, Any]:
    """As the agent answers the portal's question, for which it looks at both."""
    sessions = host.portal.answer_to(sensor.subject)
    return next(iter(sessions or []), {})


def is_by_tcp(host: LoneGateway, sensor: TunnelBox) -> bool:
    session = told_session(host, sensor)
    return bool(session) and session["client"] >= BY_TCP


def is_by_udp(host: LoneGateway, sensor: TunnelBox) -> bool:
    session = told_session(host, sensor)
    return bool(session) and session["client"] < BY_TCP


def reaches(host: LoneGateway, sensor: TunnelBox, *, seconds: int = 2) -> bool:
    """Whether it answers the gateway, whose kernel finds the way."""
    try:
        host.network.run(host.host, "ping", "-c1", "-i0.5", f"-w{seconds}", "-I", "10.88.0.1", sensor.address)
    except RuntimeError:
        return False
    return True


def led_to_tcp(host: LoneGateway) -> str:
    return host.network.run(host.host, "ip", "-4", "route", "show", "dev", "nsmtcp0")


def test_a_box_without_udp_comes_in_by_tcp_and_is_cut_off_there_as_anywhere(host: LoneGateway) -> None:
    stolen, other = host.sensors
    assert is_by_tcp(host, stolen)
    assert is_by_udp(host, other)
    assert told_session(host, stolen)["public_address"] == stolen.public_address
    wait_until(lambda: reaches(host, stolen) and reaches(host, other), seconds=20, what="both are reached")
    generation = host.portal.want(stolen.cut())
    report, _ = host.portal.wait_for_report(tells_of_ended_session(stolen.subject), seconds=10, what="the cut")
    [cut] = report["cuts"]
    assert cut == whole_cut(stolen.subject, generation=generation, took_ms=cut["took_ms"])
    wait_until(lambda: stolen.address not in led_to_tcp(host), seconds=5, what="nothing leads to it")
    host.make_it_try_again(stolen)
    sighted, _ = host.portal.wait_for_report(lambda one: one["sightings"], seconds=60, what="a sighting")
    assert (sighted["sightings"][0]["serial"], sighted["sightings"][0]["source"]) == (
        stolen.serial,
        stolen.public_address,
    )
    assert told_session(host, stolen) == {}
    assert not reaches(host, stolen)
    assert reaches(host, other)
    assert handshakes(host, other) == 1


def test_boxes_of_the_two_listeners_never_reach_each_other(host: LoneGateway) -> None:
    by_tcp, by_udp = host.sensors
    wait_until(lambda: reaches(host, by_tcp) and reaches(host, by_udp), seconds=20, what="both are reached")
    for flushed in (False, True):
        if flushed:
            host.kill_agent()
            host.network.run(host.host, "nft", "flush", "ruleset")
        for one, another in ((by_tcp, by_udp), (by_udp, by_tcp)):
            with pytest.raises(RuntimeError):
                host.network.run(one.host, "ping", "-c2", "-i0.3", "-w2", another.address)


def test_a_box_is_back_by_udp_with_its_next_start_and_its_earlier_session_counts_no_more(host: LoneGateway) -> None:
    moved, _ = host.sensors
    assert moved.process
    assert is_by_tcp(host, moved)
    open_udp(host, moved)
    # Without a word to the gateway, so that its session there lives on for a while.
    moved.process.send_signal(signal.SIGSTOP)
    again = TunnelBox(moved.number, moved.subject, moved.issued)
    again.host = moved.host
    host.network.run(moved.host, "ip", "link", "set", "tun0", "down")
    host.network.run(moved.host, "ip", "link", "set", "tun0", "name", "gone0")
    host.connect(again)
    wait_until(lambda: is_by_udp(host, moved), seconds=30, what="its session by UDP counts")
    wait_until(lambda: reaches(host, moved), seconds=20, what="it is reached there")
    assert moved.address not in led_to_tcp(host)
    ended = f"{moved.subject}/{moved.public_address}"
    wait_until(
        lambda: any(
            ended in line and "client-instance exiting" in line for line in host.log_of("openvpn-tcp").split("\n")
        ),
        seconds=5,
        what="the earlier one is ended",
    )
    moved.process.kill()


def test_nobody_comes_in_by_tcp_any_more_once_the_portal_does_not_want_it(host: LoneGateway) -> None:
    by_tcp, other = host.sensors
    host.portal.want(config=CONFIG)
    host.portal.wait_for_report(
        has_problem("openvpn-restart-needed", of="nsm-gateway-openvpn-tcp"), seconds=10, what="what is to be done"
    )
    wait_until(lambda: host.portal.sessions() == {other.subject}, seconds=10, what="its session is ended")
    assert not (host.directory / "server-tcp.conf").exists()
    host.make_it_try_again(by_tcp)
    wait_until(lambda: host.log_of("openvpn-tcp").count("Peer Connection Initiated") > 1, seconds=60, what="it tries")
    wait_until(lambda: told_session(host, by_tcp) == {}, seconds=10, what="it is ended again")
    assert not reaches(host, by_tcp)
    assert reaches(host, other)


def test_a_cut_is_not_called_done_while_the_listener_by_tcp_cannot_be_seen(host: LoneGateway) -> None:
    _, other = host.sensors
    assert host.openvpn_tcp
    host.openvpn_tcp.send_signal(signal.SIGSTOP)
    host.portal.wait_for_report(has_problem("management-unreachable", of="by TCP"), seconds=20, what="it hangs")
    # Boxes of the other listener go on getting their keys.
    assert is_by_udp(host, other)
    before = len(host.portal.reports)
    host.portal.want(other.cut())
    wait_until(lambda: not reaches(host, other), seconds=10, what="it is closed")
    assert not any(tells_of_ended_session(other.subject)(report) for report in host.portal.reports[before:])
    host.openvpn_tcp.send_signal(signal.SIGCONT)
    host.portal.wait_for_report(tells_of_ended_session(other.subject), seconds=20, what="the cut", after=before)
