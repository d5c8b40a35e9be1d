"""Expected networks so wide, or so odd, that one person alone does not enter them at any customer's."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from tenants.networks import Network, parse_networks

# What a site's networks may cover together before it takes two people, of each version: many narrow ones are as wide as
# one. A /16 is about what one provider has in one town.
WIDEST = {4: 16, 6: 40}
# From where nobody comes across the internet (RFC 6890, and multicast). A gateway sees such an address only of somebody
# who is on its own side, and at every other customer's there are hosts with the same ones.
NOT_PUBLIC: tuple[Network, ...] = tuple(
    map(
        ip_network,
        [
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "224.0.0.0/3",
            "::/96",
            "::ffff:0:0/96",
            "64:ff9b::/96",
            "fc00::/7",
            "fe80::/10",
            "ff00::/8",
        ],
    )
)


def warnings_of(texts: Sequence[str]) -> list[str]:
    """One sentence for each thing that a second person has to want. Raises ValidationError."""
    networks = parse_networks(list(texts))
    everywhere = [network for network in networks if network.prefixlen == 0]
    rest = [network for network in networks if network.prefixlen > 0]
    return [
        *(f"{network} means anywhere: a stolen box gets its key at the thief's, too." for network in everywhere),
        *(f"{network} is not public: no box appears from there, or everybody's does." for network in _not_public(rest)),
        *_too_wide(rest),
    ]


def warnings_of_change(*, now: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Only where something is to be expected that is not so far. Raises ValidationError."""
    covered = parse_networks(list(now))
    added = [network for network in parse_networks(list(wanted)) if not _is_within(network, covered)]
    return warnings_of(wanted) if added else []


def _not_public(networks: Sequence[Network]) -> list[Network]:
    return [network for network in networks if any(_overlap(network, other) for other in NOT_PUBLIC)]


def _too_wide(networks: Sequence[Network]) -> list[str]:
    fours = collapse_addresses(one for one in networks if isinstance(one, IPv4Network))
    sixes = collapse_addresses(one for one in networks if isinstance(one, IPv6Network))
    return [
        f"{', '.join(map(str, wide))} {'is' if len(wide) == 1 else 'are'} wider than a /{WIDEST[version]}"
        f"{'' if len(wide) == 1 else ' together'}: many others appear from there."
        for version, wide in ((4, list(fours)), (6, list(sixes)))
        if sum(2 ** (one.max_prefixlen - one.prefixlen) for one in wide)
        > 2 ** ({4: 32, 6: 128}[version] - WIDEST[version])
    ]


def _is_within(network: Network, others: Sequence[Network]) -> bool:
    """Also in several of them together, such as in both halves of it."""
    same = [other for other in others if other.version == network.version]
    return any(network.subnet_of(one) for one in collapse_addresses(same))  # type: ignore[arg-type,type-var]


def _overlap(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)
