"""What the kernel is told beside rules: that it forwards, that it checks senders, and which way base is."""

import json
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path

from gateway.finding import Finding
from gateway.locks.host_tools import ToolRefused, run_tool
from gateway.locks.other_forwarding import TUNNEL

SETTINGS = Path("/proc/sys/net/ipv4")
STRICT = 1


def look_at_settings() -> Iterator[Finding]:
    forwards = _read("ip_forward")
    yield Finding(
        forwards == 1,
        "forwarding: on"
        if forwards == 1
        else "forwarding: off, so no sensor reaches base; mend it: systemctl restart nsm-gateway-closed, "
        "and look in /etc/sysctl.d who says net.ipv4.ip_forward = 0",
    )
    tunnel, every = _read(f"conf/{TUNNEL}/rp_filter"), _read("conf/all/rp_filter")
    if tunnel is None:
        yield Finding(False, f"{TUNNEL}: missing; mend it: systemctl status nsm-gateway-openvpn")
        return
    # ip-sysctl.rst: the higher of the two counts.
    counts = max(tunnel, every or 0)
    mend = "all.rp_filter=0" if (every or 0) > STRICT else f"{TUNNEL}.rp_filter=1"
    yield Finding(
        counts == STRICT,
        f"rp_filter: a sender at {TUNNEL} is checked"
        if counts == STRICT
        else f"rp_filter: {counts} at {TUNNEL}, where it must be 1; mend it: sysctl -w net.ipv4.conf.{mend}, "
        "and the same in /etc/sysctl.d",
    )
    if forwards == 1 and _read(f"conf/{TUNNEL}/forwarding") != 1:
        yield Finding(False, f"forwarding: off at {TUNNEL}; mend it: sysctl -w net.ipv4.conf.{TUNNEL}.forwarding=1")


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
        if device in ("", TUNNEL):
            led = f"its way leads into {TUNNEL}" if device else "there is no way to it"
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
