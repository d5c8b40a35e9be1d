"""A gateway with several addresses of both kinds, and ways to it that carry little: real OpenVPN."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway.configurations import CLIENT_CONF
from tests.support.gateway.lone_gateway import TunnelBox
from tests.support.gateway.network import enter_namespace
from tests.support.gateway.place import Place
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root

SECOND, SECOND_IPV6 = "198.51.100.9", "2001:db8::99"
# A download of a box over the tunnel: many packets of full length.
LONG = 1_000_000


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path, sensors=3)
    try:
        hosts = [made.gateway.host, *(sensor.host for sensor in made.gateway.sensors)]
        for number, host in enumerate(hosts, start=1):
            add_address(made, host, f"2001:db8::{number:x}/64", "nodad")
        add_address(made, made.gateway.host, f"{SECOND}/24")
        add_address(made, made.gateway.host, f"{SECOND_IPV6}/64", "nodad")
        yield made
    finally:
        made.gateway.close()


def add_address(place: Place, host: str, address: str, *more: str) -> None:
    place.network.run(host, "ip", "address", "add", address, "dev", "eth0", *more)


def call_at(place: Place, sensor: TunnelBox, remote: str) -> None:
    conf = CLIENT_CONF.replace("remote 198.51.100.1 1194 udp", f"remote {remote}")
    (place.gateway.folder / sensor.subject / "client.conf").write_text(conf)


def connect_all(place: Place) -> None:
    place.start()
    place.gateway.start_openvpn()
    place.gateway.connect(*place.gateway.sensors)
    everybody = {sensor.subject for sensor in place.gateway.sensors}
    wait_until(lambda: place.gateway.portal.sessions() == everybody, seconds=10, what="all sessions are reported")


def test_it_answers_from_each_of_its_addresses_and_sees_boxes_by_ipv6(place: Place) -> None:
    first, second, third = place.gateway.sensors
    call_at(place, second, f"{SECOND} 1194 udp")
    call_at(place, third, f"{SECOND_IPV6} 1194 udp6")
    connect_all(place)
    seen = {
        session["subject"]: session["public_address"]
        for report in place.gateway.portal.reports
        for session in report["sessions"]["up"]
    }
    assert seen == {
        first.subject: first.public_address,
        second.subject: second.public_address,
        third.subject: "2001:db8::4",
    }
    place.gateway.portal.want(third.cut())
    wait_until(lambda: third.subject not in place.gateway.portal.sessions(), seconds=5, what="it is cut off")
    place.gateway.make_it_try_again(third)
    report, _ = place.gateway.portal.wait_for_report(lambda one: one["sightings"], seconds=10, what="a sighting")
    assert (report["sightings"][0]["serial"], report["sightings"][0]["source"]) == (third.serial, "2001:db8::4")


def receive_all(listener: socket.socket, received: list[int]) -> None:
    connection, _ = listener.accept()
    with connection:
        while data := connection.recv(65536):
            received.append(len(data))


def test_long_answers_pass_a_way_of_1452_bytes_on_which_nobody_says_that_they_are_too_long(place: Place) -> None:
    """As DSL and LTE lines do. What is longer is dropped between the two, by both kinds of addresses."""
    first, _, third = place.gateway.sensors
    call_at(place, third, f"{SECOND_IPV6} 1194 udp6")
    place.network.run(
        place.network.middle,
        "nft",
        "add table bridge small; "
        "add chain bridge small way { type filter hook forward priority 0; }; "
        "add rule bridge small way ip length > 1452 drop; "
        "add rule bridge small way ip6 length > 1412 drop",
    )
    connect_all(place)
    for sensor in (first, third):
        leave = enter_namespace(sensor.host)
        try:
            listener = socket.create_server(("0.0.0.0", 5556))  # noqa: S104 -- in a namespace of its own
        finally:
            leave()
        listener.settimeout(30)
        received: list[int] = []
        reader = threading.Thread(target=receive_all, args=(listener, received), daemon=True)
        reader.start()
        leave = enter_namespace(place.base)
        try:
            sender = socket.create_connection((sensor.address, 5556), timeout=20)
        finally:
            leave()
        with listener, sender:
            sender.sendall(bytes(LONG))
            sender.shutdown(socket.SHUT_WR)
            reader.join(20)
        assert sum(received) == LONG
