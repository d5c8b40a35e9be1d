"""A gateway's host under systemd gets the package, a later one, loses it and gets it again; each state is looked at.

Each test builds on those before. The agent and OpenVPN are stand-ins: what is tried is what happens to them.
"""

import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation.built_packages import built_packages, later_version
from tests.support.installation.portal_machine import PortalMachine, portal_machine
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("installation")]

HERE = platform.freedesktop_os_release()["VERSION_CODENAME"]
LATER = "7.0.0"
UNITS = {"nsm-gateway-agent.service", "nsm-gateway-closed.service", "nsm-gateway-openvpn.service"}
UNITS |= {"nsm-gateway-agent.path", "nsm-gateway-openvpn.path"}
UNITS |= {"nsm-gateway-openvpn-tcp.path", "nsm-gateway-openvpn-tcp.service"}
STAND_IN = (
    "[Unit]\nConditionPathExists=\n"
    "[Service]\nType=exec\nExecCondition=\nExecStartPre=\nExecStart=\nExecStart=/bin/sleep infinity\n"
)
STATE = "var/lib/nsm-gateway/revoked"


class GatewayHost:
    def __init__(self, machine: PortalMachine, deb: Path, work: Path) -> None:
        self.machine, self.deb, self.work = machine, deb, work
        for unit in ("agent", "openvpn"):
            folder = machine.root / f"etc/systemd/system/nsm-gateway-{unit}.service.d"
            folder.mkdir(parents=True)
            (folder / "test.conf").write_text(STAND_IN)
        machine.shell("apt-get -qq update")

    def install(self, deb: Path) -> tuple[int, str]:
        shutil.copy(deb, self.machine.root / "var/tmp/gateway.deb")
        return self.machine.try_shell("apt-get -qq --yes --allow-downgrades install /var/tmp/gateway.deb")

    def process(self, unit: str) -> str:
        return self.machine.shell(f"systemctl show --property=MainPID --value nsm-gateway-{unit}.service").strip()

    def enabled(self) -> set[str]:
        wanted = self.machine.root / "etc/systemd/system"
        return {link.name for link in wanted.glob("*.wants/nsm-gateway-*")} | {
            link.name for link in wanted.glob("*.requires/nsm-gateway-*")
        }

    def wait_until_closed(self) -> None:
        """The package does not wait for what it starts."""
        wait_until(lambda: self.machine.is_active("nsm-gateway-closed.service"), seconds=30, what="the host is closed")

    def has(self, path: str) -> bool:
        return (self.machine.root / path).exists()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayHost]:
    work = tmp_path_factory.mktemp("gateway")
    deb = next(deb for deb in built_packages(HERE) if deb.name.startswith("nsm-gateway_"))
    with portal_machine(HERE, work / "machine", binds={}) as machine:
        yield GatewayHost(machine, deb, work)


def test_installed_the_host_is_closed_from_then_on(host: GatewayHost):
    status, said = host.install(host.deb)
    assert status == 0, said
    assert host.enabled() == UNITS
    host.wait_until_closed()
    assert "usage" in host.machine.shell("nsm-gateway --help").lower()


def test_an_upgrade_leaves_the_tunnels_alone(host: GatewayHost):
    host.machine.shell("systemctl start nsm-gateway-agent nsm-gateway-openvpn")
    host.machine.shell("systemctl --quiet disable nsm-gateway-agent.path")
    (host.machine.root / STATE).parent.mkdir(exist_ok=True)
    (host.machine.root / STATE).write_text("0102\n")
    agent, openvpn = host.process("agent"), host.process("openvpn")
    status, said = host.install(later_version(host.deb, LATER, host.work, lambda _: None))
    assert status == 0, said
    assert host.process("openvpn") == openvpn
    assert host.process("agent") != agent
    assert host.enabled() == UNITS - {"nsm-gateway-agent.path"}, "what people turn off stays off"


def test_a_downgrade_is_refused_with_a_reason(host: GatewayHost):
    openvpn = host.process("openvpn")
    status, said = host.install(host.deb)
    assert status != 0
    assert "is older than the installed 7.0.0" in said
    shown = host.machine.shell("dpkg-query --show --showformat '${Status} ${Version}' nsm-gateway")
    assert shown == f"install ok installed {LATER}"
    assert host.process("openvpn") == openvpn


def test_removed_it_stops_and_keeps_what_is_revoked(host: GatewayHost):
    host.machine.shell("apt-get -qq --yes remove nsm-gateway")
    assert {host.process(unit) for unit in ("agent", "openvpn")} == {"0"}
    assert not host.has("usr/lib/nsm-gateway")
    assert not host.has("usr/sbin/nsm-gateway")
    assert host.has(STATE)


def test_installed_again_the_host_is_closed_at_the_next_boot_too(host: GatewayHost):
    status, said = host.install(host.deb)
    assert status == 0, said
    assert host.enabled() == UNITS - {"nsm-gateway-agent.path"}
    host.wait_until_closed()
    assert host.has(STATE)


def test_purged_it_leaves_what_is_revoked_and_names_it(host: GatewayHost):
    said = host.machine.shell("apt-get -qq --yes purge nsm-gateway")
    assert "left where it is: /var/lib/nsm-gateway" in said
    assert host.has(STATE)
    assert host.enabled() == set()
    for path in ("lib/nsm-gateway", "lib/sysctl.d/nsm-gateway.conf", "lib/systemd/system/nsm-gateway-agent.service"):
        assert not host.has(f"usr/{path}"), path
