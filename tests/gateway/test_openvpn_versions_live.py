"""OpenVPN of other versions than this machine's, at the gateway and at the sensor: sessions, cuts and sightings."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway.lone_gateway import LoneGateway
from tests.support.gateway.place import CONFIG
from tests.support.gateway.told import tells_of_cut
from tests.support.installation.bare_root import root_with
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root

# Debian's release -> the least version that it has.
RELEASES = {"bullseye": (2, 5), "sid": (2, 7)}


def openvpn_of(release: str) -> list[str]:
    """Its program with its own libraries, but with the files and the network of here."""
    root = root_with(("openvpn",), release=release)
    [libraries] = root.glob("usr/lib/*-linux-gnu")
    [loader] = libraries.glob("ld-linux-*.so.*")
    return [str(loader), "--library-path", str(libraries), str(root / "usr/sbin/openvpn")]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LoneGateway]:
    made = LoneGateway(tmp_path, sensors=2)
    try:
        yield made
    finally:
        made.close()


def expect_the_version(command: list[str], release: str) -> str:
    said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"OpenVPN ((\d+)\.(\d+)\S*)", said)
    assert found, said
    assert (int(found[2]), int(found[3])) >= RELEASES[release]
    return found[1]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("side", ["gateway", "sensor"])
def test_a_session_is_seen_cut_and_sighted(host: LoneGateway, release: str, side: str) -> None:
    """With the portal's own server.conf. The second sensor calls by IPv6."""
    command = openvpn_of(release)
    version = expect_the_version(command, release)
    stolen, other = host.sensors
    if side == "gateway":
        host.openvpn_command = command
    else:
        stolen.openvpn = other.openvpn = command
    for number, name in enumerate((host.host, stolen.host, other.host), start=1):
        host.network.run(name, "ip", "address", "add", f"2001:db8::{number}/64", "dev", "eth0", "nodad")
    conf = host.folder / other.subject / "client.conf"
    conf.write_text(re.sub(r"(?m)^remote .*$", "remote 2001:db8::1 1194 udp6", conf.read_text()))
    host.portal.want(stolen.allowed(), other.allowed(), config=CONFIG)
    host.start_agent()
    host.start_openvpn()
    host.connect(stolen, other)
    everybody = {stolen.subject, other.subject}
    wait_until(lambda: host.portal.sessions() == everybody, seconds=10, what="both sessions are reported")
    if side == "gateway":
        assert host.portal.reports[-1]["openvpn_version"] == version
    for sensor, source in ((stolen, stolen.public_address), (other, "2001:db8::3")):
        told = len(host.portal.reports)
        host.portal.want(sensor.cut())
        host.portal.wait_for_report(tells_of_cut(sensor.subject), seconds=5, what="the cut", after=told)
        host.make_it_try_again(sensor)
        report, _ = host.portal.wait_for_report(lambda one: one["sightings"], seconds=10, what="a sighting", after=told)
        sighting = report["sightings"][0]
        assert (sighting["serial"], sighting["source"]) == (sensor.serial, source)
    problems = {problem["code"] for report in host.portal.reports for problem in report["problems"]}
    assert "openvpn-not-understood" not in problems
