"""Rows into the frozen facts from which artifacts are made."""

from ipaddress import IPv4Address, IPv4Network

from sensors.artifacts.facts import GatewayFacts, SensorFacts
from sensors.artifacts.rendering import UnsafeValue
from sensors.artifacts.security_onion import SetupFacts
from sensors.models import Gateway, Sensor


def gateway_facts(gateway: Gateway) -> GatewayFacts:
    """Raises UnsafeValue for a row that would not make a sound file."""
    return GatewayFacts(
        subject=gateway.subject,
        host=gateway.host,
        port=gateway.port,
        network=gateway.underlay,
        base_networks=tuple(IPv4Network(text) for text in gateway.base_networks),
        mssfix=gateway.mssfix,
    )


def sensor_facts(sensor: Sensor) -> SensorFacts:
    """Raises UnsafeValue for a row that would not make a sound file."""
    return SensorFacts(
        subject=sensor.subject,
        name=sensor.name,
        address=IPv4Address(sensor.address),
        gateway=gateway_facts(sensor.gateway),
    )


def setup_facts(sensor: Sensor, server: str) -> SetupFacts:
    """`server` is the Security Onion manager's address at base. Raises UnsafeValue."""
    try:
        address = IPv4Address(server)
    except ValueError:
        raise UnsafeValue("the manager's address must be an IPv4 address at base, such as 10.20.0.10") from None
    return SetupFacts(sensor=sensor_facts(sensor), server=address)
