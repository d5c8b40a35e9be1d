"""What a setup of Security Onion is told, checked so that it stays where it is put. Pure."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network

from django.core.exceptions import ValidationError

from sensors.artifacts.facts import SensorFacts
from sensors.artifacts.rendering import UnsafeValue
from sensors.interfaces import validate_interfaces
from sensors.lines import Line
from tenants.networks import validate_home_networks
from tenants.validators import validate_manager_name

# What so-setup of 2.4 hides from its lists (`filter_unused_nics`); it makes bond0 itself.
_HIDDEN_BY_SETUP = re.compile(r"lo|vir|veth|br|docker|wl|^bond0$")


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """The manager (classic: the server) is reached through the tunnel. The two `..._from` are for people to read."""

    sensor: SensorFacts
    line: Line
    manager_name: str
    manager_address: IPv4Address
    manager_from: str
    sniffing_interfaces: tuple[str, ...]
    home_networks: tuple[IPv4Network | IPv6Network, ...]
    home_networks_from: str

    def __post_init__(self) -> None:
        """Some end up between quotes, which a quote in one of them would end. Raises UnsafeValue."""
        try:
            validate_manager_name(self.manager_name)
            validate_interfaces(list(self.sniffing_interfaces))
            validate_home_networks([str(network) for network in self.home_networks])
        except ValidationError as error:
            raise UnsafeValue(" ".join(error.messages)) from None
        if not self.sniffing_interfaces or not self.home_networks:
            raise UnsafeValue("a sensor sniffs on one interface at least, and knows one home network at least")
        if not is_let_through(self.manager_address, self.sensor.gateway.base_networks):
            raise UnsafeValue("the manager's address is in no network at base that the gateway lets sensors reach")
        for problem in line_problems(self.line, self.sniffing_interfaces, self.home_networks):
            raise UnsafeValue(problem)


def is_let_through(address: IPv4Address, base_networks: tuple[IPv4Network, ...]) -> bool:
    """As the gateway's firewall has it (`gateway.locks.firewall_table`): into networks at base, and nowhere else."""
    return any(address in network and not _is_no_host(address, network) for network in base_networks)


def line_problems(
    line: Line, interfaces: tuple[str, ...], home_networks: tuple[IPv4Network | IPv6Network, ...]
) -> list[str]:
    """What is sound, but not for this line's setup."""
    if line == Line.CLASSIC:
        sixes = [str(network) for network in home_networks if network.version == 6]
        return (
            [f"The classic line's setup takes IPv4 home networks only: leave out {', '.join(sixes)}."] if sixes else []
        )
    hidden = [name for name in interfaces if _HIDDEN_BY_SETUP.search(name)]
    return [
        f"The setup of {line.label} does not offer {name}: name the cards of which it is to make bond0, and rename "
        "those with lo, vir, veth, br, docker or wl in their names."
        for name in hidden
    ]


def _is_no_host(address: IPv4Address, network: IPv4Network) -> bool:
    return network.prefixlen < 31 and address in (network.network_address, network.broadcast_address)
