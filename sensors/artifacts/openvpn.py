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
        {"routes": [f'push "route {base.network_address} {base.netmask}"' for base in gateway.base_networks]},
    )


def client_config(sensor: SensorFacts) -> str:
    """The sensor's file in `client-config-dir`: its static address, and with `ccd-exclusive` its right to come in."""
    return render("client-config", {"address": sensor.address, "netmask": sensor.gateway.network.netmask})


def client_conf(sensor: SensorFacts) -> str:
    gateway = sensor.gateway
    # With "udp" the client tries all addresses of a name, but takes an address alone for IPv4.
    proto = "udp6" if ":" in gateway.host else "udp"
    return render(
        "client.conf",
        {
            "host": gateway.host,
            "port": gateway.port,
            "proto": proto,
            "mssfix": gateway.mssfix,
            "gateway_subject": gateway.subject,
        },
    )
