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
                "%(text)r is not a network: %(why)s.",
                params={"text": str(text)[:60], "why": _meant(str(text).strip()) or f"{error}. {_HOW}"},
            ) from None
    return networks


_HOW = "Write it like 203.0.113.0/24 (one address: 203.0.113.7/32)"


def _meant(text: str) -> str:
    """Which ones that could be: an address within a network is never silently taken for all of it."""
    try:
        host = ipaddress.ip_interface(text)
    except ValueError:
        return ""
    return (
        f"{host.ip} is an address within {host.network}. Did you mean {host.ip}/{host.max_prefixlen} or {host.network}"
    )


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


# More are easily joined to fewer; each is a word in the files of Suricata and Zeek.
MOST_HOME_NETWORKS = 64
WIDEST_HOME_NETWORK = {4: 8, 6: 7}


def validate_home_networks(value: object) -> None:
    """Empty is fine: it says nothing. Raises ValidationError for what would make everything, or nothing, "home"."""
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValidationError("Give a list of networks.")
    if len(value) > MOST_HOME_NETWORKS:
        raise ValidationError(f"Give at most {MOST_HOME_NETWORKS} networks: join neighbours to wider ones.")
    networks = parse_networks(value)
    for number, network in enumerate(networks):
        _refuse_as_home(network)
        for other in networks[:number]:
            if network.overlaps(other):
                raise ValidationError(f"{network} overlaps {other}. Leave the narrower one out.")


def _refuse_as_home(network: Network) -> None:
    widest = WIDEST_HOME_NETWORK[network.version]
    if network.prefixlen < widest:
        raise ValidationError(
            f"{network} is too wide (/{widest} at most): where nearly everything is home, nothing comes from outside."
        )
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped is not None:
        raise ValidationError(f"{network} holds IPv4 addresses. Write them as IPv4, such as 10.20.0.0/16.")
    if network.is_loopback or network.is_multicast or network.is_unspecified or network.is_link_local:
        raise ValidationError(f"{network} cannot be a home network: no host has an address there that others reach.")


def canonical(texts: list[str]) -> list[str]:
    """Raises ValidationError."""
    return [str(network) for network in parse_networks(texts)]


def validate_manager_address(value: str) -> None:
    """Whether the sensors' gateway lets them reach it is seen where both are known, when a file is made."""
    try:
        address = ipaddress.IPv4Address(value)
    except ValueError:
        raise ValidationError("Give one IPv4 address at base, such as 10.20.0.10.") from None
    if address.is_loopback or address.is_multicast or address.is_unspecified or address.is_link_local:
        raise ValidationError(f"{address} is no address that a sensor can reach. Give one at base, such as 10.20.0.10.")
