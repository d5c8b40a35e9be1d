"""Ready-made facts for the tests of the pure parts."""

from typing import Any

from gateway.desired_state import GatewayConfig, SensorEntry, StateAnswer
from tests.gateway.configurations import FIREWALL, SERVER_CONF

ANNA, BERTA = "s-annaaaaaaaaa", "s-bertaaaaaaaa"
CONFIG = GatewayConfig(SERVER_CONF, FIREWALL)


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
