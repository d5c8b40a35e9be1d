"""The box's own firewall, on a box in a network: each thing passes before it is loaded, or nothing is proved."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.authority import make_authority
from tests.support.gateway.network import enter_namespace
from tests.support.sensor_kit.doors import open_door
from tests.support.sensor_kit.enrolment import ENROL_PATH, SigningPortal, arguments_for
from tests.support.sensor_kit.kit import wrap_program
from tests.support.sensor_kit.site import (
    BASE,
    BOX,
    BRIDGES,
    GATEWAY,
    NEIGHBOUR,
    OTHER_SENSOR,
    TUNNEL,
    Site,
    send_raw,
    witness,
)

pytestmark = pytest.mark.root
LLDP = bytes.fromhex("0180c200000e0200000000018100") + bytes(46)


@pytest.fixture
def at_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(**settings: str) -> Site:
        made.append(Site(tmp_path, **settings))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture
def site(at_site: Callable[..., Site]) -> Site:
    made = at_site()
    for host in (made.box, made.neighbour, made.far, *made.containers.values()):
        made.listen(host)
    return made


def test_the_sites_network_does_not_reach_the_box_and_it_reaches_nothing_there(site: Site) -> None:
    assert site.reaches(site.neighbour, BOX)
    assert site.reaches(site.box, NEIGHBOUR)
    site.load()
    assert not site.reaches(site.neighbour, BOX)
    assert not site.reaches(site.box, NEIGHBOUR)


def test_base_and_the_gateways_own_end_reach_it_through_the_tunnel_and_it_reaches_them(site: Site) -> None:
    site.load()
    for there in (BASE, GATEWAY):
        assert site.reaches(site.far, TUNNEL, sender=there)
        assert site.reaches(site.box, there)


def test_another_sensor_does_not_reach_it_through_the_tunnel_nor_it_another(site: Site) -> None:
    assert site.reaches(site.far, TUNNEL, sender=OTHER_SENSOR)
    assert site.reaches(site.box, OTHER_SENSOR)
    site.load()
    assert not site.reaches(site.far, TUNNEL, sender=OTHER_SENSOR)
    assert not site.reaches(site.box, OTHER_SENSOR)


@pytest.mark.parametrize("bridge", BRIDGES)
def test_host_and_containers_reach_one_another(site: Site, bridge: str) -> None:
    site.load()
    assert site.reaches(site.box, f"{BRIDGES[bridge]}.2")
    assert site.reaches(site.containers[bridge], f"{BRIDGES[bridge]}.1")
    assert site.reaches(site.containers[bridge], TUNNEL)


@pytest.mark.parametrize("bridge", BRIDGES)
def test_the_sites_network_gets_in_neither_in_a_containers_name_nor_to_a_container(site: Site, bridge: str) -> None:
    container = f"{BRIDGES[bridge]}.2"
    route = ("ip", "route", "add", f"{BRIDGES[bridge]}.0/24", "via", BOX)
    site.network.run(site.neighbour, *route)
    assert site.reaches(site.neighbour, container)
    site.load()
    assert not site.reaches(site.neighbour, container)
    site.network.run(site.neighbour, "ip", "address", "add", f"{BRIDGES[bridge]}.77/32", "dev", "lo")
    assert not site.reaches(site.neighbour, BOX, sender=f"{BRIDGES[bridge]}.77")


def test_the_box_is_no_way_from_the_site_to_base_or_from_base_to_the_site(site: Site) -> None:
    run = site.network.run
    for network in ("10.20.0.0/24", "10.88.0.0/16"):
        run(site.neighbour, "ip", "route", "add", network, "via", BOX)
    run(site.far, "ip", "route", "add", "198.51.100.0/24", "via", TUNNEL)
    assert site.reaches(site.neighbour, BASE)
    assert site.reaches(site.far, NEIGHBOUR)
    site.load()
    assert not site.reaches(site.neighbour, BASE)
    assert not site.reaches(site.far, NEIGHBOUR)


def test_containers_reach_base_and_base_them(site: Site) -> None:
    site.network.run(site.far, "ip", "route", "add", "172.17.0.0/16", "via", TUNNEL)
    site.load()
    assert site.reaches(site.containers["sobridge"], BASE)
    assert site.reaches(site.far, "172.17.1.2", sender=BASE)
    assert not site.reaches(site.containers["sobridge"], OTHER_SENSOR)
    assert not site.reaches(site.far, "172.17.1.2", sender=OTHER_SENSOR)


def test_the_gateways_port_is_open_and_follows_client_conf(site: Site) -> None:
    site.load()
    conf = site.directory / "client.conf"
    assert hears(site, 1194)
    assert not hears(site, 1195)
    conf.write_text(conf.read_text().replace(" 1194 udp", " 1195 udp"))
    assert site.kit("firewall", "--check").code == 24
    site.load()
    assert hears(site, 1195)
    assert not hears(site, 1194)
    assert site.kit("firewall", "--check").code == 0


def hears(site: Site, port: int) -> bool:
    """Whether a datagram of the box's comes to the neighbour, where the gateway might be."""
    with witness(site.neighbour, "eth0") as frames:
        leave = enter_namespace(site.box)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"hello gateway", (NEIGHBOUR, port))
        except PermissionError:
            pass
        finally:
            leave()
    return any(b"hello gateway" in frame for frame in frames)


def test_the_sniffing_interface_sends_nothing_whatever_asks_for_it(site: Site) -> None:
    assert b"".join(made_to_speak(site)), "without rules it speaks, or nothing is proved here"
    site.load()
    site.network.run(site.box, "ip", "address", "flush", "dev", "eth2")
    assert made_to_speak(site) == []


def made_to_speak(site: Site) -> list[bytes]:
    """What comes out of eth2: ARP, IPv6's own words when a link comes up, multicast, LLDP, and what is forwarded."""
    run = site.network.run
    with witness(site.mirror, "eth0") as frames:
        run(site.box, "ip", "link", "set", "eth2", "down")
        run(site.box, "ip", "address", "add", "192.0.2.5/24", "dev", "eth2")
        run(site.box, "sysctl", "-qw", "net.ipv6.conf.eth2.router_solicitation_delay=0")
        run(site.box, "ip", "link", "set", "eth2", "up")
        site.reaches(site.box, "192.0.2.9")
        site.reaches(site.containers["docker0"], "192.0.2.9")
        leave = enter_namespace(site.box)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as member:
                group = socket.inet_aton("239.1.2.3") + socket.inet_aton("192.0.2.5")
                member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        finally:
            leave()
        send_raw(site.box, "eth2", LLDP)
        # Duplicate address detection and router solicitations of IPv6 take their time.
        time.sleep(2.5)
    return frames


def test_it_is_silent_also_to_who_asks_it(site: Site) -> None:
    """A frame for the box on the mirrored wire gets no answer: no ARP reply, no reset, no neighbour advertisement."""
    site.network.run(site.mirror, "ip", "address", "add", f"{BOX.rsplit('.', 1)[0]}.99/24", "dev", "eth0")
    site.load()
    with witness(site.mirror, "eth0") as frames:
        assert not site.reaches(site.mirror, BOX)
    assert frames == []


def test_an_interface_that_comes_later_is_silent_from_the_next_load_on(at_site: Callable[..., Site]) -> None:
    site = at_site(sniffing_interfaces="eth2,late0")
    done = site.kit("firewall")
    assert done.code == 0
    assert "no interface late0 yet" in done.err
    assert site.kit("firewall", "--check").code == 24
    site.network.run(site.box, "ip", "link", "add", "late0", "type", "veth", "peer", "name", "late1")
    site.load()
    assert site.kit("firewall", "--check").code == 0


def test_off_means_no_rule_of_ours(site: Site) -> None:
    site.load()
    with (site.directory / "sensor.conf").open("a") as settings:
        settings.write("firewall=off\n")
    assert site.kit("firewall").code == 0
    assert site.network.run(site.box, "nft", "list", "ruleset") == ""
    assert not (site.directory / "sensor.nft").exists()
    assert site.kit("firewall", "--check").out.startswith("off")
    assert site.reaches(site.neighbour, BOX)


def test_other_tables_stay(site: Site) -> None:
    site.network.run(site.box, "nft", "add", "table", "inet", "docker")
    site.load()
    site.load()
    assert "table inet docker" in site.network.run(site.box, "nft", "list", "ruleset")


def test_settings_that_cannot_be_read_leave_the_box_closed_at_its_next_boot(site: Site) -> None:
    site.load()
    site.network.run(site.box, "nft", "flush", "ruleset")
    with (site.directory / "sensor.conf").open("a") as settings:
        settings.write("adress=10.88.0.5\n")
    assert site.reaches(site.neighbour, BOX)
    assert site.kit("firewall").code == 3
    assert not site.reaches(site.neighbour, BOX)
    assert site.reaches(site.far, TUNNEL, sender=BASE)


def test_rules_that_nft_does_not_take_leave_those_of_before(site: Site, tmp_path: Path) -> None:
    site.load()
    before = site.network.run(site.box, "nft", "list", "ruleset")
    broken = wrap_program(tmp_path / "broken", "sed", '$REAL "$@" | $REAL "s/policy drop/policy perhaps/"')
    done = site.kit("firewall", path=broken)
    assert done.code == 24
    assert "those of before stay" in done.err
    assert site.network.run(site.box, "nft", "list", "ruleset") == before


@pytest.mark.parametrize("port", [443, 8443, 9443])
def test_a_box_is_enrolled_again_at_the_portals_port_whichever_it_is(site: Site, tmp_path: Path, port: int) -> None:
    """Also when that is another than the one by which it enrolled first; and given back, it comes with its rules."""
    site.load()
    leave = enter_namespace(site.neighbour)
    try:
        door = open_door(tmp_path, make_authority("public"), at=(NEIGHBOUR, port))
        portal = door.__enter__()
    finally:
        leave()
    try:
        assert not site.reaches(site.box, NEIGHBOUR, port), "nothing is open before somebody asks"
        portal.answers[ENROL_PATH] = [SigningPortal(make_authority("provider"), waits=1)]
        # The portal's certificate is for 127.0.0.1, wherever it is.
        portal.url = f"https://127.0.0.1:{port}"
        there = wrap_program(tmp_path / "programs", "curl", f'exec $REAL --connect-to "::{NEIGHBOUR}:" "$@"')
        arguments = [*arguments_for(site.directory, portal), "--again"]
        done = site.kit(*arguments, path=there, stdin="ABCD-EFGH-2345\n")
        assert done.code == 0, done.err
    finally:
        door.__exit__(None, None, None)
    site.load()
    assert f"tcp dport {port} accept" in site.network.run(
        site.box, "nft", "list", "chain", "inet", "nsm_sensor", "output"
    )
    assert not site.reaches(site.neighbour, BOX)
