"""Ready-made facts for the tests of the pure parts."""

from typing import Any

from gateway.state.desired_state import SensorEntry, StateAnswer
from gateway.state.gateway_config import parse_config
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
