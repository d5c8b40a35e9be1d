"""IP networks as people type them: checked once, kept as text in their canonical form."""

import ipaddress

from django.core.exceptions import ValidationError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse_networks(texts: list[str]) -> list[Network]:
    """Raises ValidationError that names the faulty one and says how to write it."""
    networks: list[Network] = []
    for text in texts:
        try:
            networks.append(_network(str(text).strip()))
        except ValueError as error:
            raise ValidationError(
                "%(text)r is not a network: %(error)s. Write it like 203.0.113.0/24 (one address: 203.0.113.7/32).",
                params={"text": str(text)[:60], "error": error},
            ) from None
    return networks


def is_in_networks(address: Address, texts: list[str]) -> bool:
    """Raises ValidationError for what is no network, whatever stands before it."""
    return any(address in network for network in parse_networks(texts))


def _network(text: str) -> Network:
    """Without a zone: `ip_network` takes any text behind a '%', a line end too, and keeps it."""
    if "%" in text:
        raise ValueError("a network has no zone")
    return ipaddress.ip_network(text)


def validate_expected_networks(value: object) -> None:
    """An empty list would mean "unknown"; to mean "anywhere" one must write 0.0.0.0/0."""
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValidationError("Give a list of networks.")
    if not value:
        raise ValidationError(
            "Give at least one network from which this site's sensors appear. Write 0.0.0.0/0 if that can be anywhere."
        )
    parse_networks(value)
