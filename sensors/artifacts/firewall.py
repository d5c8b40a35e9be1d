"""nftables for the gateway and for a sensor (nft(8))."""

from ipaddress import collapse_addresses

from sensors.artifacts.facts import GatewayFacts, SensorFacts
from sensors.artifacts.rendering import render


def gateway_firewall(gateway: GatewayFacts) -> str:
    """A whole file for `nft -f`, its set of sensors empty: the agent adds the allowed ones in the same transaction."""
    # One network inside another would be a conflict to nft, and the whole file would be refused.
    base = ", ".join(map(str, collapse_addresses(gateway.base_networks)))
    elements = [f"        elements = {{ {base} }}"] if base else []
    return render("gateway.nft", {"underlay": gateway.network}, {"base": elements})


def sensor_firewall(sensor: SensorFacts) -> str:
    return render("sensor.nft", {"gateway_port": sensor.gateway.port, "underlay": sensor.gateway.network})
