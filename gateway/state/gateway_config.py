"""The configuration that the portal sends: OpenVPN's server.conf as text, that of a second OpenVPN which listens by
TCP if there is to be one, and the facts of the firewall as data."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from gateway.state.configuration_rules import (
    ConfigurationRefused,
    ServerConf,
    read_server_conf,
    read_server_tcp_conf,
)
from gateway.state.ipv4 import can_be_at_base, read_network

MOST_BASE_NETWORKS = 64


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """Made by `parse_config` only, so all of it is checked."""

    server_conf: str
    conf: ServerConf
    base_networks: tuple[IPv4Network, ...]
    # None: nobody is to come in by TCP.
    server_tcp_conf: str | None = None


def parse_config(value: object) -> GatewayConfig:
    """Also reads back what the agent stored. Raises ConfigurationRefused.

    A member that is not known is refused: it may be a limit, and leaving that out would open something.
    """
    members = _read_object(value, "config", {"server_conf", "firewall"}, may_have={"server_tcp_conf"})
    server_conf = members["server_conf"]
    if not isinstance(server_conf, str):
        raise ConfigurationRefused("server_conf is not text")
    conf = read_server_conf(server_conf)
    base_networks = _read_base_networks(_read_object(members["firewall"], "firewall", {"base_networks"}), conf)
    strange = [route for route in conf.routes if route not in base_networks]
    if strange:
        raise ConfigurationRefused(f"server.conf pushes a route to {strange[0]}, which is no network at base")
    return GatewayConfig(server_conf, conf, base_networks, _read_tcp(members.get("server_tcp_conf"), conf))


def config_as_json(config: GatewayConfig) -> dict[str, object]:
    firewall = {"base_networks": list(map(str, config.base_networks))}
    by_tcp = {"server_tcp_conf": config.server_tcp_conf} if config.server_tcp_conf is not None else {}
    return {"server_conf": config.server_conf, "firewall": firewall, **by_tcp}


def _read_tcp(text: object, conf: ServerConf) -> str | None:
    """One directory of client-configs and of revoked serials, one firewall: so one underlay, user and set of routes."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise ConfigurationRefused("server_tcp_conf is not text")
    if read_server_tcp_conf(text) != conf:
        raise ConfigurationRefused("server_tcp_conf has another underlay, user, group or routes than server_conf")
    return text


def _read_object(
    value: object, what: str, names: set[str], *, may_have: frozenset[str] | set[str] = frozenset()
) -> dict[str, Any]:
    if not isinstance(value, dict) or not names <= value.keys() <= names | may_have:
        raise ConfigurationRefused(
            f"{what} must be an object of just {' and '.join(sorted(names))}; is the portal of another version?"
        )
    return value


def _read_base_networks(firewall: dict[str, Any], conf: ServerConf) -> tuple[IPv4Network, ...]:
    listed = firewall["base_networks"]
    if not isinstance(listed, list) or len(listed) > MOST_BASE_NETWORKS:
        raise ConfigurationRefused(f"base_networks must be a list of at most {MOST_BASE_NETWORKS}")
    try:
        networks = tuple(map(read_network, listed))
    except ValueError:
        raise ConfigurationRefused("base_networks must be networks of the form 10.20.0.0/24") from None
    for network in networks:
        if not can_be_at_base(network, underlay=conf.network):
            raise ConfigurationRefused(
                f"{network} cannot be at base: wider than /8, in the underlay, or where no hosts live"
            )
    return networks
