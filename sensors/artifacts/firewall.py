"""The firewall of a gateway, as facts from which its agent makes the rules, and of a sensor (nft(8))."""

from sensors.artifacts.facts import GatewayFacts, SensorFacts
from sensors.artifacts.rendering import render


def gateway_firewall(gateway: GatewayFacts) -> dict[str, list[str]]:
    """Data and no statement: nft runs as root, so the agent writes the rules itself (`gateway.locks.firewall_table`)."""
    return {"base_networks": [str(base) for base in gateway.base_networks]}


def sensor_firewall(sensor: SensorFacts) -> str:
    return render("sensor.nft", {"gateway_port": sensor.gateway.port, "underlay": sensor.gateway.network})
