"""What Security Onion's installers want to know (its own documentation; the classic line's `sosetup.conf`)."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from sensors.artifacts.facts import SensorFacts
from sensors.artifacts.rendering import UnsafeValue, render

MANAGER_PORTS_2_4 = (443, 4505, 4506, 5000, 5044, 5055, 5644, 8086, 8220, 8443)
MASTER_PORTS_CLASSIC = (22, 4505, 4506, 7736)
_INTERFACE = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9-]{0,14}\Z")


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """`server` is the manager's (classic: the master's) address at base, reached through the tunnel."""

    sensor: SensorFacts
    server: IPv4Address
    sniffing_interface: str = "eth1"
    home_networks: tuple[str, ...] = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")

    def __post_init__(self) -> None:
        """The values end up between quotes, which a quote in one of them would end."""
        if not _INTERFACE.match(self.sniffing_interface):
            raise UnsafeValue("the sniffing interface is not an interface's name")
        try:
            networks = tuple(str(IPv4Network(text)) for text in self.home_networks)
        except ValueError:
            raise UnsafeValue("a home network is not an IPv4 network") from None
        if networks != self.home_networks:
            raise UnsafeValue("a home network is not in its canonical form")


def sosetup_conf(facts: SetupFacts) -> str:
    """For `sudo sosetup -f sosetup.conf`, once the tunnel is up. HOME_NET has no spaces; every value is quoted."""
    return render(
        "sosetup.conf",
        {
            "name": facts.sensor.name,
            "address": facts.sensor.address,
            "netmask": facts.sensor.gateway.network.netmask,
            "tunnel_gateway": facts.sensor.gateway.network.network_address + 1,
            "server": facts.server,
            "sniffing_interface": facts.sniffing_interface,
            "home_net": ",".join(facts.home_networks),
        },
    )


def setup_worksheet(facts: SetupFacts) -> str:
    """2.4 has no supported answer file: the answers, in the order in which its installer asks."""
    return render(
        "so-2.4-worksheet.txt",
        {
            "name": facts.sensor.name,
            "address": facts.sensor.address,
            "server": facts.server,
            "sniffing_interface": facts.sniffing_interface,
            "home_net": ",".join(facts.home_networks),
            "ports": ", ".join(map(str, MANAGER_PORTS_2_4)),
        },
    )


def firewall_lines(facts: SetupFacts, line: str) -> str:
    """What to type at base so that the manager (or the classic master) lets this sensor in."""
    address = facts.sensor.address
    if line == "classic":
        ports = ",".join(map(str, MASTER_PORTS_CLASSIC))
        return f"ufw allow proto tcp from {address} to any port {ports}\n"
    return f"so-firewall includehost sensor {address} --apply\n"
