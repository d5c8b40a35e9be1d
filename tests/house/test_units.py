"""Every unit that is shipped: shut in, understood by systemd, and run as the user that its sockets are for."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT

PORTAL = CHECKOUT / "portal" / "deploy" / "systemd"
GATEWAY = CHECKOUT / "gateway" / "deploy" / "systemd"
UNITS = sorted(path for path in CHECKOUT.rglob("*.service") if ".venv" not in path.parts)
# What `systemd-analyze security` says of 10 at most, in tenths.
MOST = 15
# On a sensor these are root: they read the box's private key. The first two work on the box itself, open and mount its
# disk where everybody must see it, and make its network device; the last sets the clock. They shall not get looser than
# they are.
LOOSER = {
    "nsm-unlock.service": 96,
    "nsm-tunnel.service": 64,
    "nsm-heartbeat.service": 21,
    "nsm-renew.service": 20,
    "nsm-settings.service": 20,
    "nsm-firewall.service": 17,
    "nsm-clock.service": 23,
    # On a gateway they change the kernel's rules, open the tunnel's device and drop root, which they begin as.
    "nsm-gateway-openvpn.service": 27,
    "nsm-gateway-openvpn-tcp.service": 27,
    "nsm-gateway-agent.service": 24,
    "nsm-gateway-closed.service": 16,
    # As root, who owns the tables and reads all of /etc/nsmaas: nightly, for some seconds.
    "nsm-portal-audit.service": 20,
    "nsm-portal-backup.service": 20,
}
PROGRAMS = (
    "usr/lib/nsm-portal/.venv/bin/python",
    "usr/sbin/nginx",
    "usr/sbin/nft",
    "usr/sbin/nsm-gateway",
    "usr/sbin/nsm-portal",
    "bin/mkdir",
    "usr/sbin/openvpn",
    "bin/kill",
    "bin/sh",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host with systemd's own units, all of ours, and the programs that they start."""
    made = tmp_path_factory.mktemp("host")
    shutil.copytree("/usr/lib/systemd/system", made / "usr/lib/systemd/system", symlinks=True)
    for folder in {path.parent for path in UNITS}:
        shutil.copytree(folder, made / "etc/systemd/system", dirs_exist_ok=True)
    for program in PROGRAMS:
        (made / program).parent.mkdir(parents=True, exist_ok=True)
        (made / program).write_text("#!/bin/sh\n")
        (made / program).chmod(0o755)
    return made


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def settings(unit: Path) -> list[tuple[str, str]]:
    """Of the unit and of the drop-ins for its prefix, in the order in which systemd reads them."""
    prefix = PORTAL / f"{unit.name.rpartition('-')[0]}-.service.d"
    files = [unit, *sorted(prefix.glob("*.conf"))]
    return [pair for file in files for pair in re.findall(r"^(\w+)=(.*)$", file.read_text(), re.M)]


def value(unit: Path, name: str) -> str:
    return next((text for key, text in reversed(settings(unit)) if key == name), "")


@pytest.mark.live
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_service_is_shut_in(root: Path, unit: Path):
    most = LOOSER.get(unit.name, MOST)
    done = analyze("security", "--offline=true", f"--threshold={most}", f"--root={root}", "--no-pager", unit.name)
    assert done.returncode == 0, "\n".join(line for line in done.stdout.splitlines() if "✗" in line)
    assert f"for {unit.name}" in done.stdout


@pytest.mark.live
@pytest.mark.parametrize(("folder", "least"), [(PORTAL, 13), (GATEWAY, 5)])
def test_systemd_understands_the_units(root: Path, folder: Path, least: int):
    units = [path.name for path in folder.iterdir() if path.suffix in {".service", ".socket", ".timer", ".path"}]
    assert len(units) >= least
    done = analyze("verify", f"--root={root}", "--man=no", "--recursive-errors=yes", *units)
    said = [
        line
        for line in (done.stdout + done.stderr).splitlines()
        if re.search("nsmaas|nsm-gateway|nsm-portal|doors|cycle", line)
    ]
    assert said == []


# As root, or as PostgreSQL's own user, who alone may copy its files.
OF_THE_OWNER = {"nsm-portal-audit.service", "nsm-portal-backup.service", "nsm-portal-base-backup.service"}


@pytest.mark.parametrize(
    "unit",
    sorted(path for path in PORTAL.glob("*.service") if path.name not in OF_THE_OWNER),
    ids=lambda path: path.name,
)
def test_a_service_of_the_portal_runs_as_a_user_that_is_made_for_it(unit: Path):
    made = re.findall(r"^u (\S+) +- +\"([^:\"]+)\"$", (PORTAL / "nsmaas.sysusers.conf").read_text(), re.M)
    if value(unit, "DynamicUser") != "yes":
        assert value(unit, "User") in dict(made)
    lines = [line for line in (PORTAL / "nsmaas.sysusers.conf").read_text().splitlines() if not line.startswith("#")]
    # systemd-sysusers leaves out a line that it does not like, for instance one with a colon, and ends with success.
    assert len(lines) == len(made)


def test_each_door_is_opened_by_its_own_nginx_alone():
    """A program that opens a socket of the machines' door is believed about who the client is."""
    users = {unit.stem.rpartition("-")[2]: value(unit, "User") for unit in PORTAL.glob("doors-nginx-*.service")}
    assert users == {
        "people": "nsmaas-nginx-people",
        "sensors": "nsmaas-nginx-machines",
        "gateways": "nsmaas-nginx-machines",
    }
    sockets = {unit.stem: (value(unit, "SocketUser"), value(unit, "SocketMode")) for unit in PORTAL.glob("*.socket")}
    # No door: metrics, which only this host can ask for.
    assert sockets.pop("nsmaas-monitor") == ("", "")
    assert value(PORTAL / "nsmaas-monitor.socket", "ListenStream").startswith("127.0.0.1:")
    assert sockets == {
        "nsmaas-people": ("nsmaas-nginx-people", "0600"),
        "nsmaas-machines-sensors": ("nsmaas-nginx-machines", "0600"),
        "nsmaas-machines-gateways": ("nsmaas-nginx-machines", "0600"),
        "nsmaas-machines-reports": ("nsmaas-nginx-machines", "0600"),
    }
    of_others = {value(unit, "User") for unit in PORTAL.glob("nsmaas-*.service")}
    assert not of_others & set(users.values())


@pytest.mark.parametrize("unit", sorted(PORTAL.glob("doors-nginx-*.service")), ids=lambda path: path.name)
def test_no_door_opens_before_the_limits_are_there_and_none_takes_the_hosts_memory(unit: Path):
    assert value(unit, "Requires") == "doors-nftables.service"
    assert "doors-nftables.service" in value(unit, "After").split()
    assert (value(unit, "MemoryMax"), value(unit, "OOMPolicy")) == ("25%", "continue")
    # nginx may have as many files as its workers are told that they may.
    name = "people" if "people" in unit.name else "machines"
    template = (CHECKOUT / "portal" / "deploy" / "nginx" / f"{name}.conf.template").read_text()
    limits = ("worker_rlimit_nofile", "worker_connections")
    [files], [connections] = (re.findall(rf"^ *{name} (\d+);", template, re.M) for name in limits)
    assert int(connections) < int(files) < int(value(unit, "LimitNOFILE"))
