"""Ready-made facts for the tests of the pure parts."""

from typing import Any

from gateway.openvpn.management_events import (
    ClientRow,
)
from gateway.state.desired_state import SensorEntry, StateAnswer
from gateway.state.gateway_config import parse_config
from gateway.state.stored_state import StoredState, merge_answer
from tests.support.gateway import configurations

ANNA, BERTA = "s-annaaaaaaaaa", "s-bertaaaaaaaa"
CONFIG = parse_config(configurations.CONFIG)


def entry(subject: str = ANNA, **change: Any) -> SensorEntry:
    address = "10.88.0.5" if subject == ANNA else "10.88.0.6"
    facts: dict[str, Any] = {
        "subject": subject,
        "generation": 1,
        "address": address,
        "allowed": True,
        "client_config": f"ifconfig-push {address} 255.255.0.0\n",
        "serials": ("11",) if subject == ANNA else ("22",),
        "revoked_serials": (),
    }
    return SensorEntry(**(facts | change))


def cut_entry(subject: str = ANNA, generation: int = 2, **change: Any) -> SensorEntry:
    revoked = ("11",) if subject == ANNA else ("22",)
    facts = {"allowed": False, "client_config": None, "serials": (), "revoked_serials": revoked}
    return entry(subject, generation=generation, **(facts | change))


def answer(*entries: SensorEntry, generation: int = 1, full: bool = False, **change: Any) -> StateAnswer:
    facts: dict[str, Any] = {"config": None, "refusals": (), "refused_subjects": frozenset()}
    return StateAnswer(generation=generation, full=full, sensors=entries, **(facts | change))


CLIENT_LIST_ROW = (
    "CLIENT_LIST\ts-aaaaaaaaaaac\t198.51.100.21:38435\t10.88.0.6\t\t2672\t2190\t2026-11-24 06:54:41\t1795503281"
    "\tUNDEF\t3\t0\tAES-256-GCM"
)


def client_row(name: str = ANNA, **change: Any) -> ClientRow:
    facts: dict[str, Any] = {
        "common_name": name,
        "public_address": "198.51.100.21",
        "virtual_address": "10.88.0.5",
        "bytes_received": 1,
        "bytes_sent": 2,
        "since": 1000,
        "client": 3,
    }
    return ClientRow(**(facts | change))


def started() -> StoredState:
    """With both machines."""
    return merge_answer(StoredState(), answer(entry(), entry(BERTA), full=True, config=CONFIG), now=100)
