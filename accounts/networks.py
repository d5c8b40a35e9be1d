"""Whose an address is, as far as limits care: what one person can easily have counts as one."""

import ipaddress


def network_of(address: str) -> str:
    """An IPv4 address; of IPv6 the /64 that every line has. What is no address is one network, too."""
    return _cut(address, 32, 64)


def neighbourhood_of(address: str) -> str:
    """An IPv4 /24, an IPv6 /48: what a host or a tunnel is rented with."""
    return _cut(address, 24, 48)


def _cut(address: str, of_4: int, of_6: int) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    length = of_4 if parsed.version == 4 else of_6
    return str(ipaddress.ip_network((parsed, length), strict=False))
