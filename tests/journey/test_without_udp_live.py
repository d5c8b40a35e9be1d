"""A site that lets no UDP out: its boxes come in by TCP of themselves, get their disk keys, and are cut off there.

The portal's own artifacts, the kit, real OpenVPN and agent. Each test builds on those before it.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from lab.laboratory import Laboratory
from lab.sensors import SensorBox
from lab.theft import Theft
from lab.topology import SITES
from lab.waiting import wait_until

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("journey")]

CLOSED, OPEN = "a1", "b1"
NO_UDP = ("insert", "rule", "ip", "filter", "forward", "udp", "dport", "1194", "drop")
TCP_PORT = """
from sensors.fleet.operations.raise_generation import raise_config_generation
from sensors.models import Gateway
gateway = Gateway.objects.get()
Gateway.objects.update(tcp_port=443)
raise_config_generation(gateway=gateway)
"""
# A first remote that says nothing is left after ten seconds; the rest is a busy machine's.
FALLS_OVER = 30


@pytest.fixture(scope="module")
def laboratory(database_url: str | None) -> Iterator[Laboratory]:
    """A gateway of both, two boxes that have enrolled, and a site whose router drops UDP without a word."""
    broker = os.environ.get("NSMAAS_TEST_REDIS_URL") if database_url else None
    with Laboratory(database_url=database_url, broker_url=broker, people_port=8400 + os.getpid() % 90) as lab:
        lab.start()
        # As the owner of the tables: that two people agree to it is tried elsewhere.
        lab.portal.manage("shell", "--verbosity", "0", "-c", TCP_PORT)
        lab.gateway.start_openvpn(by_tcp=True)
        lab.topology.routers["site-a"].run("nft", *NO_UDP)
        for name in (CLOSED, OPEN):
            lab.sensors[name].enrol()
            lab.sensors[name].connect()
        lab.sensors[CLOSED].wait_until_connected(timeout=FALLS_OVER)
        lab.sensors[OPEN].wait_until_connected()
        yield lab


def led_to_tcp(laboratory: Laboratory) -> str:
    return laboratory.topology.gateway.run("ip", "-4", "route", "show", "dev", "nsmtcp0")


def log_of(box: SensorBox) -> str:
    assert box.openvpn is not None
    return box.openvpn.log.read_text(errors="replace")


def test_the_box_comes_in_by_tcp_and_base_reaches_it(laboratory: Laboratory) -> None:
    assert "TCPv4_CLIENT link remote" in log_of(laboratory.sensors[CLOSED])
    assert "TCPv4_CLIENT" not in log_of(laboratory.sensors[OPEN])
    wait_until(
        lambda: {CLOSED, OPEN} <= {name for name, reached in laboratory.sensors_that_base_reaches().items() if reached},
        what="base to reach both",
        timeout=30,
    )
    assert laboratory.sensors[CLOSED].address in led_to_tcp(laboratory)
    assert laboratory.sensors[OPEN].address not in led_to_tcp(laboratory)


def test_it_gets_its_disk_key_there(laboratory: Laboratory) -> None:
    for name in (CLOSED, OPEN):
        laboratory.sensors[name].format_disk()
        laboratory.sensors[name].prove_unlock()


def test_its_own_firewall_lets_it_out_by_both(laboratory: Laboratory) -> None:
    rules = laboratory.sensors[CLOSED].kit("firewall", "--print").output
    assert "udp dport 1194 accept" in rules
    assert "tcp dport 443 accept" in rules


def test_check_takes_the_closed_way_for_a_note(laboratory: Laboratory) -> None:
    said = laboratory.sensors[CLOSED].kit("check", "--without-key").output
    assert "answers on tcp-client port 443" in said
    [line] = [line for line in said.splitlines() if "does not answer on udp port 1194" in line]
    assert "fault" not in line.lower().split()[0]


def test_reported_stolen_it_is_cut_off_by_tcp_and_stays_out(laboratory: Laboratory) -> None:
    box = laboratory.sensors[CLOSED]
    theft = Theft(laboratory, box)
    theft.report()
    case: dict[str, Any] = theft.wait_until_cut_off()
    assert case["confirmed_at"]
    assert theft.key_answer() == 403
    wait_until(lambda: box.address not in led_to_tcp(laboratory), what="nothing to lead to it", timeout=10)
    assert theft.wait_until_seen()["source_address"] == SITES["site-a"]
    assert not laboratory.sensors_that_base_reaches()[CLOSED]
    assert laboratory.sensors_that_base_reaches()[OPEN]
