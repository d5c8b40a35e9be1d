"""A gateway's host with its shipped units boots, and is rebooted in every state: two customers' sensors never meet."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.gateway.configurations import PUBLIC_ADDRESS
from tests.support.gateway.lone_gateway import LoneGateway, TunnelBox
from tests.support.gateway.place import CONFIG
from tests.support.gateway.witness import Sender, Witness
from tests.support.installation.documented import documented
from tests.support.installation.gateway_machine import DIRECTORY, gateway_root, systemctl
from tests.support.installation.operated_machine import OperatedMachine
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.root, pytest.mark.long]

UP = "Initialization Sequence Completed"
A_WHILE = 2.0
DISK = "4M"


class GatewayMachine:
    """Between an internet with two sensors and a base: the machine, and a kernel's network that each boot finds new."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.gateway = LoneGateway(folder, sensors=2)
        self.network = self.gateway.network
        self.machine = OperatedMachine(root, name=self.gateway.host, binds={self.gateway.directory: DIRECTORY})
        self.base = ""

    def boot(self) -> None:
        gateway = self.gateway
        gateway.close_door()
        for host in filter(None, (self.base, gateway.host)):
            self.network.remove_host(host)
        gateway.host = self.network.add_host("gw", PUBLIC_ADDRESS)
        # The same machine has the same card: others need not ask for it again.
        self.network.run(gateway.host, "ip", "link", "set", "eth0", "address", "02:00:00:00:00:01")
        # As a kernel begins; a new namespace may have the settings of this machine.
        for option in ("ip_forward", "conf.all.src_valid_mark", "conf.all.rp_filter"):
            self.network.run(gateway.host, "sysctl", "-q", f"net.ipv4.{option}=0")
        self.base = self.network.add_host_behind("base", gateway.host, network="10.20.0")
        self.network.run(gateway.host, "ip", "route", "add", "10.21.0.0/16", "via", "10.20.0.10")
        gateway.open_door()
        self.machine.boot(gateway.host)

    def reboot(self) -> None:
        self.machine.power_off()
        self.boot()

    def reaches(self, sensor: TunnelBox) -> bool:
        command = ["ip", "netns", "exec", self.base, "ping", "-c1", "-W1", sensor.address]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def wait_until_base_reaches_both(self, what: str) -> None:
        wait_until(lambda: all(map(self.reaches, self.gateway.sensors)), seconds=15, what=f"{what}: base reaches both")

    def connect_again(self) -> None:
        """Both sensors' tunnels come up again, as far as the gateway lets them."""
        for sensor in self.gateway.sensors:
            before = self.gateway.log_of(sensor.subject).count(UP)
            self.gateway.make_it_try_again(sensor)
            wait_until(
                lambda sensor=sensor, before=before: self.gateway.log_of(sensor.subject).count(UP) > before,  # type: ignore[misc]
                seconds=15,
                what=f"{sensor.subject} is connected again",
            )

    def tell(self) -> None:
        """For the one who reads why it failed."""
        print(self.machine.run("systemctl", "--no-pager", "--failed", check=False))
        for unit in ("closed", "agent", "openvpn"):
            print(f"nsm-gateway-{unit}:", self.machine.log_of(f"nsm-gateway-{unit}")[-3000:])

    def close(self) -> None:
        self.machine.power_off()
        self.gateway.close()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GatewayMachine]:
    """Its directory is a disk of its own, and small."""
    with gateway_root(tmp_path / "machine") as root:
        made = GatewayMachine(tmp_path, root)
        directory = made.gateway.directory
        try:
            kept = tmp_path / "kept"
            directory.rename(kept)
            directory.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "none", str(directory)], check=True)
            subprocess.run(["cp", "-a", f"{kept}/.", str(directory)], check=True)
            made.gateway.portal.want(*(sensor.allowed() for sensor in made.gateway.sensors), config=CONFIG)
            yield made
        finally:
            made.tell()
            made.close()
            subprocess.run(["umount", "--lazy", str(directory)], check=False)


def fill_disk(directory: Path) -> Path:
    filler = directory / "filler"
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=64k"], capture_output=True, check=False)
    return filler


def test_at_no_moment_does_a_packet_pass_between_sensors(host: GatewayMachine) -> None:
    machine, gateway = host.machine, host.gateway
    one, other = gateway.sensors
    with ExitStack() as stack:
        for source, to in ((one, other), (other, one)):
            stack.enter_context(Sender(source.host, source.address, to.address))
        seen = [
            stack.enter_context(Witness(other.host, one.address)),
            stack.enter_context(Witness(one.host, other.address)),
        ]

        def nothing_passed(when: str) -> None:
            time.sleep(A_WHILE)
            assert [len(witness.seen) for witness in seen] == [0, 0], when

        host.boot()
        gateway.connect(one, other)
        host.wait_until_base_reaches_both("after the first boot, in which the agent writes server.conf")
        assert "WRONG" not in machine.follow(documented("gateway", "gateway-check"))
        nothing_passed("first boot")

        machine.run("systemctl", "restart", "nftables")
        host.wait_until_base_reaches_both("after a restart of nftables")
        machine.run("systemctl", "reload", "nftables")
        host.wait_until_base_reaches_both("after a reload of nftables")
        machine.run("nft", "flush", "ruleset")
        host.wait_until_base_reaches_both("after a flush")
        machine.run("systemctl", "kill", "--signal=KILL", "nsm-gateway-agent")
        machine.run("nft", "flush", "ruleset")
        host.wait_until_base_reaches_both("after a kill of the agent and a flush")
        nothing_passed("a running host")

        filler = fill_disk(gateway.directory)
        host.reboot()
        host.connect_again()
        host.wait_until_base_reaches_both("after a reboot with a full disk")
        nothing_passed("full disk")
        filler.unlink()

        machine.power_off()
        systemctl(machine.root, "disable", "nsm-gateway-agent.service", "nsm-gateway-agent.path")
        host.boot()
        host.connect_again()
        nothing_passed("agent disabled")
        assert not host.reaches(one), "what the agent has not opened is closed"
        machine.run("systemctl", "restart", "nftables")
        nothing_passed("agent disabled, nftables restarted")
        machine.run("nft", "flush", "ruleset")
        nothing_passed("agent disabled, rules flushed")

        # No tunnel on a host that is open: neither without the table, as now, nor without the rules.
        machine.follow(documented("gateway", "gateway-restart-openvpn"), ends=(1,))
        assert not machine.is_active("nsm-gateway-openvpn")
        assert "the table inet nsmaas is missing" in machine.log_of("nsm-gateway-openvpn")
        machine.follow(documented("gateway", "gateway-close"))
        wait_until(lambda: machine.is_active("nsm-gateway-openvpn"), seconds=5, what="OpenVPN starts by itself then")
        nothing_passed("OpenVPN started again")

        # That they tried, and that a witness would have seen it.
        host.connect_again()
        for preference in ("10", "11", "12"):
            machine.run("ip", "rule", "del", "pref", preference)
        machine.run("nft", "flush", "ruleset")
        wait_until(lambda: all(witness.seen for witness in seen), seconds=5, what="the hole is seen")
