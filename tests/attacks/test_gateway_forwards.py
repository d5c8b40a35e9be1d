"""A gateway's host must forward for the tunnel, so it forwards: whoever stands next to it tries to use that."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sensors.artifacts.firewall import gateway_firewall
from sensors.artifacts.openvpn import server_conf
from tests.support.gateway.lone_gateway import LoneGateway
from tests.support.gateway.network import enter_namespace
from tests.support.gateway.told import has_problem
from tests.support.sensors.artifact_facts import gateway_facts
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root

BASE, NEIGHBOUR = "10.20.0.10", "198.51.100.77"
CONFIG = {"server_conf": server_conf(gateway_facts()), "firewall": gateway_firewall(gateway_facts())}


class Place:
    """A gateway between a base of its own and an internet on which somebody else is."""

    def __init__(self, folder: Path, *, sensors: int) -> None:
        self.gateway = LoneGateway(folder, sensors=sensors)
        self.gateway.agent_options = ["--snapshot-interval", "1"]
        self.network = self.gateway.network
        try:
            self.neighbour = self.network.add_host("x", NEIGHBOUR)
            self.base = self.network.add_host_behind("base", self.gateway.host, network="10.20.0")
            for network in ("10.20.0.0/24", "10.88.0.0/16"):
                self.network.run(self.neighbour, "ip", "route", "add", network, "via", "198.51.100.1")
            for option in ("ip_forward=1", "conf.all.rp_filter=0", "conf.eth0.rp_filter=0"):
                self.network.run(self.gateway.host, "sysctl", "-q", f"net.ipv4.{option}")
        except BaseException:
            self.gateway.close()
            raise

    def start(self) -> None:
        self.gateway.portal.want(*(sensor.allowed() for sensor in self.gateway.sensors), config=CONFIG)
        self.gateway.start_agent()
        wait_until((self.gateway.directory / "server.conf").exists, seconds=10, what="the rules are in place")

    def reaches(self, host: str, address: str) -> bool:
        with contextlib.suppress(RuntimeError):
            self.network.run(host, "ping", "-c1", "-W1", address)
            return True
        return False

    def let_forward(self, *lines: str) -> None:
        (self.gateway.directory / "other-forwarding").write_text("\n".join(lines) + "\n")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path, sensors=0)
    try:
        yield made
    finally:
        made.gateway.close()


def test_a_neighbour_of_the_gateway_does_not_get_into_base_by_way_of_it(place: Place) -> None:
    assert place.reaches(place.neighbour, BASE), "without rules the host forwards, or nothing is proved here"
    place.start()
    assert not place.reaches(place.neighbour, BASE)
    assert not place.reaches(place.base, NEIGHBOUR)


def test_what_the_hosts_administrator_has_written_down_is_forwarded_one_way_and_no_longer_than_that(
    place: Place,
) -> None:
    place.start()
    place.let_forward("# base may go out", "eth1 eth0")
    wait_until(lambda: place.reaches(place.base, NEIGHBOUR), seconds=10, what="base is let out")
    assert not place.reaches(place.neighbour, BASE)
    place.let_forward("# nobody may")
    wait_until(lambda: not place.reaches(place.base, NEIGHBOUR), seconds=10, what="base is shut in")
    place.let_forward("* *")
    wait_until(lambda: place.reaches(place.neighbour, BASE), seconds=10, what="all is let through")


def test_a_file_with_a_fault_opens_nothing_and_is_told_of(place: Place) -> None:
    place.let_forward("eth1 eth0", "eth0 tun0")
    place.start()
    place.gateway.portal.wait_for_report(
        has_problem("other-forwarding-refused", of="line 2"), seconds=10, what="the fault"
    )
    assert not place.reaches(place.base, NEIGHBOUR)
    (place.gateway.directory / "other-forwarding").chmod(0o666)
    place.let_forward("eth1 eth0")
    place.gateway.portal.wait_for_report(
        has_problem("other-forwarding-refused", of="nobody else"), seconds=10, what="that others may write it"
    )
    assert not place.reaches(place.base, NEIGHBOUR)
    (place.gateway.directory / "other-forwarding").chmod(0o644)
    wait_until(lambda: place.reaches(place.base, NEIGHBOUR), seconds=10, what="base is let out")


def send(host: str, source: str, to: str) -> None:
    leave = enter_namespace(host)
    try:
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    finally:
        leave()
    with sender:
        sender.bind((source, 0))
        sender.sendto(source.encode() + b" on " + host.encode(), (to, 5555))


def test_a_neighbour_that_calls_itself_base_reaches_no_sensor(tmp_path: Path) -> None:
    place = Place(tmp_path, sensors=1)
    gateway = place.gateway
    [sensor] = gateway.sensors
    try:
        place.start()
        gateway.start_openvpn()
        gateway.connect(sensor)
        wait_until(lambda: place.reaches(place.base, sensor.address), seconds=20, what="base reaches the sensor")
        leave = enter_namespace(sensor.host)
        try:
            listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        finally:
            leave()
        with listener:
            listener.bind((sensor.address, 5555))
            listener.settimeout(10)
            place.network.run(place.neighbour, "ip", "address", "add", f"{BASE}/32", "dev", "lo")
            for _ in range(3):
                send(place.neighbour, BASE, sensor.address)
            send(place.base, BASE, sensor.address)
            assert listener.recv(100).endswith(place.base.encode())
    finally:
        gateway.close()
