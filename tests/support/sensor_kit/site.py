"""A box at a customer's site, as network namespaces: LAN, tunnel, docker's bridges, and the wire that it sniffs.

The kit's own firewall is what is looked at, so the tunnel's device is a plain cable by the name of tun0.
"""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.support.gateway.network import Network, enter_namespace
from tests.support.sensor_kit.enrolment import OPENVPN_CONFIG
from tests.support.sensor_kit.kit import NSM_SENSOR, SUBJECT, Outcome, write_settings

BOX, NEIGHBOUR = "198.51.100.5", "198.51.100.20"
TUNNEL, GATEWAY, OTHER_SENSOR, BASE = "10.88.0.5", "10.88.0.1", "10.88.0.9", "10.20.0.10"
BRIDGES = {"docker0": "172.17.0", "sobridge": "172.17.1"}
ETH_P_ALL = 3


class Site:
    """Everything is open until `load` has been called."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.directory = folder / "sensor"
        self.directory.mkdir(mode=0o700)
        (self.directory / "client.conf").write_text(OPENVPN_CONFIG)
        own = {"subject": SUBJECT, "address": TUNNEL, "underlay": "10.88.0.0/16", "tunnel_device": "tun0"}
        write_settings(self.directory, **{**own, "sniffing_interfaces": "eth2", **settings})
        self.listening = ExitStack()
        self.network = Network()
        run = self.network.run
        self.box = self.network.add_host("box", BOX)
        self.neighbour = self.network.add_host("lan", NEIGHBOUR)
        self.far = self._cable("far", "tun0", "eth0", f"{TUNNEL}/16", [f"{GATEWAY}/16", f"{OTHER_SENSOR}/16"])
        run(self.far, "ip", "address", "add", f"{BASE}/32", "dev", "eth0")
        run(self.box, "ip", "route", "add", "10.20.0.0/24", "via", GATEWAY)
        self.mirror = self._cable("mirror", "eth2", "eth0", None, [])
        self.containers = {name: self._bridge(name, number) for number, name in enumerate(BRIDGES)}
        run(self.box, "sysctl", "-qw", "net.ipv4.ip_forward=1")

    def _cable(self, name: str, here: str, there: str, own: str | None, addresses: list[str]) -> str:
        host = self.network._add_namespace(name)
        run = self.network.run
        run(self.box, "ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", host)
        run(self.box, "ip", "link", "set", here, "up")
        run(host, "ip", "link", "set", there, "up")
        if own:
            run(self.box, "ip", "address", "add", own, "dev", here)
        for address in addresses:
            run(host, "ip", "address", "add", address, "dev", there)
        return host

    def _bridge(self, name: str, number: int) -> str:
        network, run = BRIDGES[name], self.network.run
        container = self._cable(f"c{number}", f"veth{number}", "eth0", None, [f"{network}.2/24"])
        run(self.box, "ip", "link", "add", name, "type", "bridge")
        run(self.box, "ip", "link", "set", f"veth{number}", "master", name)
        run(self.box, "ip", "address", "add", f"{network}.1/24", "dev", name)
        run(self.box, "ip", "link", "set", name, "up")
        run(container, "ip", "route", "add", "default", "via", f"{network}.1")
        return container

    def kit(self, *arguments: str, path: Path | None = None, stdin: str = "") -> Outcome:
        tools = os.environ["PATH"]
        command = ["nsenter", f"--net=/run/netns/{self.box}", str(NSM_SENSOR)]
        done = subprocess.run(
            [*command, "--directory", self.directory, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            env={"PATH": f"{path}:{tools}" if path else tools},
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr, 0)

    def load(self) -> None:
        done = self.kit("firewall")
        assert done.code == 0, done.err

    def reaches(self, source: str, target: str, port: int = 4000, *, sender: str = "") -> bool:
        """Whether a TCP connection from the host `source` comes to stand; `sender` is which of its addresses."""
        leave = enter_namespace(source)
        try:
            with socket.socket() as client:
                client.settimeout(1.0)
                if sender:
                    client.bind((sender, 0))
                client.connect((target, port))
                return True
        except OSError:
            return False
        finally:
            leave()

    def listen(self, host: str, *, port: int = 4000) -> None:
        leave = enter_namespace(host)
        try:
            self.listening.enter_context(socket.create_server(("", port), backlog=64))
        finally:
            leave()

    def close(self) -> None:
        self.listening.close()
        self.network.close()


@contextmanager
def witness(host: str, device: str) -> Iterator[list[bytes]]:
    """Every frame that comes in at that device of that host; the list is filled at the end."""
    leave = enter_namespace(host)
    try:
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    finally:
        leave()
    frames: list[bytes] = []
    with wire:
        wire.bind((device, ETH_P_ALL))
        wire.settimeout(0.5)
        yield frames
        while True:
            try:
                frame, address = wire.recvfrom(65535)
            except TimeoutError:
                return
            if address[2] != socket.PACKET_OUTGOING:
                frames.append(frame)


def send_raw(host: str, device: str, frame: bytes) -> None:
    """Past IP and ARP, as a DHCP client or an LLDP daemon sends."""
    leave = enter_namespace(host)
    try:
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    finally:
        leave()
    with wire:
        wire.bind((device, 0))
        # "No buffer space available" is how the kernel tells that it was dropped.
        with suppress(OSError):
            wire.send(frame)
