"""OpenVPN's configurations (openvpn(8), 2.6)."""

from sensors.artifacts.facts import GatewayFacts, SensorFacts
from sensors.artifacts.rendering import render


def server_conf(gateway: GatewayFacts) -> str:
    """For `openvpn --cd DIRECTORY`: every path is relative to the agent's directory."""
    return render(
        "server.conf",
        {
            "port": gateway.port,
            "network": gateway.network.network_address,
            "netmask": gateway.network.netmask,
            "mssfix": gateway.mssfix,
            "max_clients": gateway.network.num_addresses - 3,
        },
        {"routes": _pushed_routes(gateway)},
    )


def server_tcp_conf(gateway: GatewayFacts) -> str | None:
    """Of a second OpenVPN beside the first, for the same underlay; None where boxes come in by UDP alone."""
    if gateway.tcp_port is None:
        return None
    return render(
        "server-tcp.conf",
        {
            "port": gateway.tcp_port,
            "network": gateway.network.network_address,
            "netmask": gateway.network.netmask,
            "own_address": gateway.network.network_address + 1,
            "mssfix": gateway.mssfix,
            "max_clients": gateway.network.num_addresses - 3,
        },
        {"routes": _pushed_routes(gateway)},
    )


def _pushed_routes(gateway: GatewayFacts) -> list[str]:
    return [f'push "route {base.network_address} {base.netmask}"' for base in gateway.base_networks]


def client_config(sensor: SensorFacts) -> str:
    """The sensor's file in `client-config-dir`: its static address, and with `ccd-exclusive` its right to come in."""
    return render("client-config", {"address": sensor.address, "netmask": sensor.gateway.network.netmask})


def client_conf(sensor: SensorFacts) -> str:
    gateway = sensor.gateway
    # With "udp" the client tries all addresses of a name, but takes an address alone for IPv4; so with "tcp-client".
    proto, by_tcp = ("udp6", "tcp6-client") if ":" in gateway.host else ("udp", "tcp-client")
    remotes = [f"remote {gateway.host} {gateway.port}"]
    if gateway.tcp_port is not None:
        # One that says nothing for so many seconds is left for the next.
        remotes += [f"remote {gateway.host} {gateway.tcp_port} {by_tcp}", "connect-timeout 10"]
    return render(
        "client.conf",
        {
            "proto": proto,
            "mssfix": gateway.mssfix,
            "gateway_subject": gateway.subject,
        },
        {"remotes": remotes},
    )
