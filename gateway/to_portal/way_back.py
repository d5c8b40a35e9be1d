"""Whether base knows the way back to the underlay, as far as this host can see: base answers an underlay address."""

import ipaddress
import socket
from ipaddress import IPv4Network
from urllib.parse import urlsplit

from gateway.finding import Finding
from gateway.state.configuration_rules import ServerConf

ANSWER_SECONDS = 3.0


def look_at_way_back(url: str, conf: ServerConf, base_networks: tuple[IPv4Network, ...]) -> Finding:
    """Asks the machines' door for a connection as a sensor would, from this host's own address on the underlay."""
    parts = urlsplit(url)
    try:
        address = _address_of(parts.hostname or "", parts.port or 443)
    except OSError as error:
        return Finding(False, f"base: the machines' door {parts.hostname} has no address here: {error.strerror}")
    if address is None or not any(address in network for network in base_networks):
        return Finding(True, "base: not known whether it has a way back, since the machines' door is not at base")
    try:
        with socket.create_connection(
            (str(address), parts.port or 443), timeout=ANSWER_SECONDS, source_address=(str(conf.own_address), 0)
        ):
            pass
    except ConnectionRefusedError:
        pass  # An answer, too.
    except TimeoutError:
        return Finding(
            False,
            f"base: no answer from {address} to {conf.own_address}; mend it at base's router: "
            f"ip route add {conf.network} via THIS-HOST, and the same where its network is set up",
        )
    except OSError as error:
        return Finding(False, f"base: {conf.own_address} does not reach {address}: {error.strerror or error}")
    return Finding(True, f"base: it has a way back to {conf.network}")


def _address_of(host: str, port: int) -> ipaddress.IPv4Address | None:
    """None where it has no IPv4 address; raises OSError."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found if one[0] == socket.AF_INET]
    return ipaddress.IPv4Address(addresses[0]) if addresses else None
