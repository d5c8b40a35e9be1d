"""Facts as they are in life, from which the tests of generated files start."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from sensors.artifacts.facts import GatewayFacts, SensorFacts
from sensors.artifacts.setup_facts import SetupFacts
from sensors.fleet.setup_in_force import USUAL_HOME_NETWORKS
from sensors.lines import Line


def gateway_facts(**different: Any) -> GatewayFacts:
    values: dict[str, Any] = {
        "subject": "g-abcdefghijkl",
        "host": "vpn.example.org",
        "port": 1194,
        "tcp_port": None,
        "network": IPv4Network("10.88.0.0/16"),
        "base_networks": (IPv4Network("10.20.0.0/24"), IPv4Network("10.21.0.0/16")),
        "mssfix": 1400,
    }
    return GatewayFacts(**(values | different))


def sensor_facts(**different: Any) -> SensorFacts:
    values: dict[str, Any] = {
        "subject": "s-abcdefghijkl",
        "name": "box-1",
        "address": IPv4Address("10.88.0.5"),
        "gateway": gateway_facts(),
    }
    return SensorFacts(**(values | different))


def setup_facts(**different: Any) -> SetupFacts:
    values: dict[str, Any] = {
        "sensor": sensor_facts(),
        "line": Line.CLASSIC,
        "manager_name": "Manager-1",
        "manager_address": IPv4Address("10.20.0.10"),
        "manager_from": "the customer Harbour Logistics",
        "sniffing_interfaces": ("enp2s0f1", "eth0.100"),
        "home_networks": tuple(map(IPv4Network, USUAL_HOME_NETWORKS)),
        "home_networks_from": "Security Onion's usual",
    }
    return SetupFacts(**(values | different))
