"""IPv4 addresses and networks as text, in one spelling each: they end up in files that root applies, and are compared.

`ipaddress` alone takes more than OpenVPN means: "0.0.255.255" behind a slash is a host mask to it, "16" a prefix.
"""

from ipaddress import IPv4Address, IPv4Network

# RFC 1918. The underlay must be in one of them, or a host's way to the rest of the world would lead into the tunnel.
PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
# "This network", loopback, link-local, multicast and reserved (RFC 6890): nothing at base lives there.
NO_HOSTS = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")))
# OpenVPN's `server` takes /16 at most, and needs room for itself and a few boxes.
WIDEST_UNDERLAY, NARROWEST_UNDERLAY = 16, 29
WIDEST_AT_BASE = 8


def is_address(text: str) -> bool:
    try:
        return str(IPv4Address(text)) == text
    except ValueError:
        return False


def is_netmask(text: str) -> bool:
    try:
        return str(IPv4Network(f"0.0.0.0/{text}").netmask) == text
    except ValueError:
        return False


def read_network(text: object) -> IPv4Network:
    """Of the form 10.20.0.0/24, without host bits. Raises ValueError."""
    network = IPv4Network(text) if isinstance(text, str) else None
    if network is None or str(network) != text:
        raise ValueError("not a network of the form 10.20.0.0/24")
    return network


def read_address_and_netmask(address: str, netmask: str) -> IPv4Network:
    """Raises ValueError, also for host bits."""
    if not is_address(address) or not is_netmask(netmask):
        raise ValueError("not a network's address and its netmask")
    return IPv4Network(f"{address}/{netmask}")


def is_underlay(network: IPv4Network) -> bool:
    return WIDEST_UNDERLAY <= network.prefixlen <= NARROWEST_UNDERLAY and any(map(network.subnet_of, PRIVATE))


def can_be_at_base(network: IPv4Network, *, underlay: IPv4Network) -> bool:
    return network.prefixlen >= WIDEST_AT_BASE and not any(map(network.overlaps, (*NO_HOSTS, underlay)))
