"""What the kernel is told beside rules: that it forwards, that it checks senders, and which way base is."""

import json
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from pathlib import Path

from gateway.finding import Finding
from gateway.locks.host_tools import ToolRefused, run_tool
from gateway.locks.other_forwarding import TUNNELS

SETTINGS = Path("/proc/sys/net/ipv4")
STRICT = 1


def look_at_settings(tunnels: Mapping[str, str]) -> Iterator[Finding]:
    """`tunnels`: the devices that should be there, and whose unit makes each."""
    forwards = _read("ip_forward")
    yield Finding(
        forwards == 1,
        "forwarding: on"
        if forwards == 1
        else "forwarding: off, so no sensor reaches base; mend it: systemctl restart nsm-gateway-closed, "
        "and look in /etc/sysctl.d who says net.ipv4.ip_forward = 0",
    )
    for tunnel, unit in tunnels.items():
        yield from _look_at_tunnel(tunnel, unit, forwards=forwards == 1)


def _look_at_tunnel(name: str, unit: str, *, forwards: bool) -> Iterator[Finding]:
    tunnel, every = _read(f"conf/{name}/rp_filter"), _read("conf/all/rp_filter")
    if tunnel is None:
        yield Finding(False, f"{name}: missing; mend it: systemctl status {unit}")
        return
    # ip-sysctl.rst: the higher of the two counts.
    counts = max(tunnel, every or 0)
    mend = "all.rp_filter=0" if (every or 0) > STRICT else f"{name}.rp_filter=1"
    yield Finding(
        counts == STRICT,
        f"rp_filter: a sender at {name} is checked"
        if counts == STRICT
        else f"rp_filter: {counts} at {name}, where it must be 1; mend it: sysctl -w net.ipv4.conf.{mend}, "
        "and the same in /etc/sysctl.d",
    )
    if forwards and _read(f"conf/{name}/forwarding") != 1:
        yield Finding(False, f"forwarding: off at {name}; mend it: sysctl -w net.ipv4.conf.{name}.forwarding=1")


def look_at_ways(base_networks: tuple[IPv4Network, ...]) -> Iterator[Finding]:
    """Whether this host has a way to each network at base that does not lead into the tunnel."""
    for network in base_networks:
        # The first one is often this host itself.
        address = network.broadcast_address - (1 if network.num_addresses > 2 else 0)
        try:
            [way] = json.loads(run_tool("ip", "-j", "route", "get", str(address)))
            device = str(way["dev"])
        except (ToolRefused, ValueError, KeyError, TypeError):
            device = ""
        if device in ("", *TUNNELS):
            led = f"its way leads into {device}" if device else "there is no way to it"
            yield Finding(
                False,
                f"route: {network} is at base, but {led}; mend it: ip route add {network} via ROUTER, "
                "and the same where this host's network is set up",
            )
        else:
            yield Finding(True, f"route: {network} is reached at {device}")


def _read(name: str) -> int | None:
    try:
        return int((SETTINGS / name).read_text())
    except (OSError, ValueError):
        return None
