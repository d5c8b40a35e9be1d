"""A gateway between a base of its own and an internet on which somebody else is."""

import contextlib
from pathlib import Path

from sensors.artifacts.firewall import gateway_firewall
from sensors.artifacts.openvpn import server_conf
from tests.support.gateway.lone_gateway import LoneGateway
from tests.support.sensors.artifact_facts import gateway_facts
from tests.support.waiting import wait_until

BASE, NEIGHBOUR = "10.20.0.10", "198.51.100.77"
CONFIG = {"server_conf": server_conf(gateway_facts()), "firewall": gateway_firewall(gateway_facts())}


class Place:
    """The gateway is at rest; `start` has its agent put the rules in place."""

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
