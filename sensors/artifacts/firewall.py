"""nftables for the gateway and for a sensor (nft(8))."""

from sensors.artifacts.facts import GatewayFacts, SensorFacts
from sensors.artifacts.rendering import render


def gateway_firewall(gateway: GatewayFacts) -> str:
    """A whole file for `nft -f`, its set of sensors empty: the agent adds the allowed ones in the same transaction."""
    return render(
        "gateway.nft",
        {"underlay": gateway.network},
        {
            "base": [f"        elements = {{ {', '.join(map(str, gateway.base_networks))} }}"]
            if gateway.base_networks
            else []
        },
    )


def sensor_firewall(sensor: SensorFacts) -> str:
    return render("sensor.nft", {"gateway_port": sensor.gateway.port, "underlay": sensor.gateway.network})
