"""A report of a gateway, as it comes over the wire."""

from typing import Any

GOOD_REPORT: dict[str, Any] = {
    "sequence": 42,
    "generation": 17,
    "agent_version": "1",
    "openvpn_version": "2.6.14",
    "sessions": {
        "full": False,
        "up": [
            {
                "subject": "s-abcdefghijkl",
                "public_address": "198.51.100.21",
                "underlay_address": "10.88.0.5",
                "since": "2026-01-01T00:00:00Z",
                "client": 7,
                "serial": "987",
                "bytes_received": 1,
                "bytes_sent": 2,
            }
        ],
        "down": ["s-mnopqrstuvwx"],
    },
    "cuts": [
        {
            "subject": "s-abcdefghijkl",
            "generation": 17,
            "session_gone": True,
            "firewall_closed": True,
            "serials_blocked": True,
            "client_config_removed": True,
            "took_ms": 41,
        }
    ],
    "sightings": [{"serial": "987", "source": "198.51.100.21", "at": "2026-01-01T00:00:00Z", "line": "a line"}],
    "problems": [{"code": "crl-directory-unreadable", "detail": "it is gone"}],
}
