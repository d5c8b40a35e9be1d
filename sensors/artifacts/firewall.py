"""The firewall of a gateway, as facts from which its agent makes the rules (nft(8)). A box's kit makes its own."""

from sensors.artifacts.facts import GatewayFacts


def gateway_firewall(gateway: GatewayFacts) -> dict[str, list[str]]:
    """Data and no statement: nft runs as root, so the agent writes the rules itself (`locks.firewall_table`)."""
    return {"base_networks": [str(base) for base in gateway.base_networks]}
