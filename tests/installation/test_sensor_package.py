"""A box under systemd gets the package, a later one, loses it and gets it again; each state is looked at.

Each test builds on those before. Tunnel, disk and docker are stand-ins: what is tried is what happens to them.
"""

import platform
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation.built_packages import built_kit, later_version
from tests.support.installation.portal_machine import PortalMachine, portal_machine
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("installation")]

HERE = platform.freedesktop_os_release()["VERSION_CODENAME"]
LATER = "7.0.0"
STAND_INS = {
    "docker.service": "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n",
    "nsm-tunnel.service.d/test.conf": (
        "[Service]\nType=exec\nExecStartPre=\nExecStart=\nExecStart=/bin/sleep infinity\n"
    ),
    "nsm-unlock.service.d/test.conf": (
        "[Service]\nExecStart=\nExecStart=/bin/sh -c"
        " 'while [ -e /var/tmp/held ]; do sleep 0.1; done; systemctl start nsm.mount'\n"
        "ExecStop=\nExecStop=/bin/touch /var/tmp/closed\n"
    ),
    "nsm.mount.d/test.conf": "[Mount]\nWhat=tmpfs\nType=tmpfs\n",
}
SETTINGS = "subject=s-abcdefghij27\naddress=10.88.0.5\n"
IDENTITY = ("client.key", "client.crt", "ca.crt", "client.conf", "sensor.conf")
WORKING = ("nsm-tunnel.service", "docker.service")


class Box:
    def __init__(self, machine: PortalMachine, deb: Path, work: Path) -> None:
        self.machine, self.deb, self.work = machine, deb, work
        system = machine.root / "etc/systemd/system"
        for name, text in STAND_INS.items():
            (system / name).parent.mkdir(exist_ok=True)
            (system / name).write_text(text)
        machine.shell("systemctl daemon-reload && systemctl start docker && apt-get -qq update")

    def install(self, deb: Path) -> tuple[int, str]:
        shutil.copy(deb, self.machine.root / "var/tmp/kit.deb")
        return self.machine.try_shell("apt-get -qq --yes --allow-downgrades install /var/tmp/kit.deb")

    def enrol(self) -> None:
        """As far as a package can see it."""
        for name in IDENTITY:
            (self.machine.root / "etc/nsm-sensor" / name).write_text(SETTINGS if name == "sensor.conf" else f"{name}\n")
        self.machine.shell("systemctl start nsm-tunnel nsm.mount && systemctl start docker && touch /nsm/capture")

    def processes(self) -> list[str]:
        return [self.machine.shell(f"systemctl show --property=MainPID --value {unit}").strip() for unit in WORKING]

    def identity(self) -> list[str]:
        """But for the rules of the firewall, which the kit makes from it."""
        there = {path.name for path in (self.machine.root / "etc/nsm-sensor").glob("*")}
        return sorted(there - {"sensor.nft"})

    def enabled(self) -> dict[str, str]:
        said = self.machine.try_shell("systemctl list-unit-files --no-legend 'nsm*' | cat")[1]
        return {line.split()[0]: line.split()[1] for line in said.splitlines()}

    def is_active(self, unit: str) -> bool:
        return self.machine.is_active(unit)

    def wait_for(self, unit: str) -> None:
        """The package does not wait for what it starts."""
        wait_until(lambda: self.is_active(unit), seconds=30, what=f"{unit} is active")

    def has(self, path: str) -> bool:
        return self.machine.try_shell(f"test -e {path}")[0] == 0


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    work = tmp_path_factory.mktemp("box")
    [deb] = built_kit(HERE).glob("*.deb")
    with portal_machine(HERE, work / "machine", binds={}) as machine:
        yield Box(machine, deb, work)


def test_installed_it_waits_for_its_enrolment_and_disturbs_nothing(box: Box):
    docker = box.processes()[1]
    status, said = box.install(box.deb)
    assert status == 0, said
    assert "now run: nsm-sensor enrol" in said
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", box.machine.shell("nsm-sensor --version"))
    assert box.machine.shell("stat -c '%a %U %G' /etc/nsm-sensor").strip() == "700 root root"
    turned_on = {
        "nsm-firewall.service",
        "nsm-tunnel.service",
        "nsm-unlock.service",
        "nsm-renew.timer",
        "nsm-heartbeat.timer",
    }
    enabled = box.enabled()
    assert {name for name, state in enabled.items() if state == "enabled"} == turned_on
    box.wait_for("nsm-renew.timer")
    box.wait_for("nsm-heartbeat.timer")
    assert not box.is_active("nsm-tunnel.service"), "there is no configuration yet"
    assert "nsm.mount" in box.machine.shell("systemctl show --property=Requisite --value docker.service")
    no_jobs = "nothing waits for a disk that is not there yet"
    wait_until(lambda: not box.machine.shell("systemctl list-jobs --no-legend"), seconds=30, what=no_jobs)
    assert box.processes()[1] == docker
    assert "immutable" in said or "i" in box.machine.shell("lsattr -d /nsm").split()[0]


def test_units_are_in_order_for_this_systemd(box: Box):
    said = box.machine.shell("cd /usr/lib/systemd/system; systemd-analyze verify --man=no nsm* 2>&1 || true")
    assert [line for line in said.splitlines() if "nsm" in line] == []


def test_an_upgrade_interrupts_nothing_and_turns_nothing_on_that_was_turned_off(box: Box):
    box.enrol()
    box.machine.shell("systemctl --quiet disable --now nsm-heartbeat.timer; chmod 755 /etc/nsm-sensor")
    before = box.processes()
    unit = "usr/lib/systemd/system/nsm-later.timer"
    timer = "[Timer]\nOnBootSec=1d\nUnit=nsm-renew.service\n[Install]\nWantedBy=timers.target\n"
    later = later_version(box.deb, LATER, box.work, lambda tree: (tree / unit).write_text(timer))
    status, said = box.install(later)
    assert status == 0, said
    assert box.processes() == before
    assert box.has("/nsm/capture")
    assert not box.has("/var/tmp/closed")
    assert box.identity() == sorted(IDENTITY)
    assert box.machine.shell("stat -c %a /etc/nsm-sensor").strip() == "700"
    enabled = box.enabled()
    assert (enabled["nsm-heartbeat.timer"], enabled["nsm-later.timer"]) == ("disabled", "enabled")
    assert not box.is_active("nsm-heartbeat.timer")
    box.wait_for("nsm-later.timer")


def test_a_downgrade_is_refused_with_a_reason(box: Box):
    before = box.processes()
    status, said = box.install(box.deb)
    assert status != 0
    assert "is older than the installed" in said
    shown = box.machine.shell("dpkg-query --show --showformat '${Status} ${Version}' nsm-sensor")
    assert shown == f"install ok installed {LATER}"
    assert box.processes() == before


def test_removed_its_units_stop_and_what_records_goes_on(box: Box):
    docker = box.processes()[1]
    said = box.machine.shell("apt-get -qq --yes remove nsm-sensor")
    assert "/nsm stays open and mounted" in said
    assert "left where it is: /etc/nsm-sensor" in said
    for unit in ("nsm-tunnel.service", "nsm-renew.timer", "nsm-later.timer"):
        wait_until(lambda unit=unit: not box.is_active(unit), seconds=30, what=f"{unit} has stopped")  # type: ignore[misc]
    assert box.processes()[1] == docker
    assert box.has("/nsm/capture")
    assert not box.has("/var/tmp/closed")
    assert box.identity() == sorted(IDENTITY)
    for path in ("/usr/bin/nsm-sensor", "/usr/lib/nsm-sensor", "/usr/lib/systemd/system/nsm.mount"):
        assert not box.has(path), path


def test_installed_again_it_is_the_same_sensor_with_what_people_chose(box: Box):
    docker = box.processes()[1]
    status, said = box.install(box.deb)
    assert status == 0, said
    assert "enrol" not in said
    assert box.identity() == sorted(IDENTITY)
    box.wait_for("nsm-tunnel.service")
    enabled = box.enabled()
    assert (enabled["nsm-tunnel.service"], enabled["nsm-heartbeat.timer"]) == ("enabled", "disabled")
    assert box.has("/nsm/capture")
    assert box.processes()[1] == docker


def test_removed_while_it_waits_for_its_key_it_asks_no_more(box: Box):
    machine = box.machine
    machine.shell("systemctl stop docker nsm.mount nsm-unlock; touch /var/tmp/held")
    machine.shell("systemctl start nsm-unlock")
    pid = "systemctl show --property=MainPID --value nsm-unlock.service"
    wait_until(lambda: machine.shell(pid).strip() != "0", seconds=30, what="it waits for its key")
    said = machine.shell("apt-get -qq --yes remove nsm-sensor")
    assert "stays open" not in said
    wait_until(lambda: not machine.shell("systemctl list-jobs --no-legend"), seconds=30, what="nothing is asked for")
    assert machine.shell(pid).strip() == "0"


def test_purged_it_leaves_the_identity_and_names_it(box: Box):
    said = box.machine.shell("apt-get -qq --yes purge nsm-sensor")
    assert "left where it is: /etc/nsm-sensor" in said
    assert "rm -r /etc/nsm-sensor" in said
    assert box.identity() == sorted(IDENTITY)
    assert (
        box.machine.shell("ls -d /etc/systemd/system/*.wants/nsm* /var/lib/nsm-sensor /nsm 2>/dev/null || true") == ""
    )


def test_purged_before_it_was_enrolled_nothing_is_left(box: Box):
    box.machine.shell("rm -r /etc/nsm-sensor /var/tmp/held")
    status, said = box.install(box.deb)
    assert status == 0, said
    box.machine.shell("apt-get -qq --yes purge nsm-sensor")
    left = (
        "find / -xdev -path /proc -prune -o -name 'nsm*' -print | grep -v -e test.conf -e '\\.service\\.d$' -e mount.d"
    )
    assert [line for line in box.machine.try_shell(left)[1].splitlines() if "/var/tmp" not in line] == []
