"""What the agent knows, kept on its own disk: it works on from it while the portal is down, also after a restart."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from gateway.atomic_files import read_if_there, write_atomically
from gateway.configuration_rules import ConfigurationRefusedError, check_firewall, read_server_conf
from gateway.desired_state import (
    SERIAL,
    SUBJECT,
    GatewayConfig,
    SensorEntry,
    StateAnswer,
    StateRefusedError,
    parse_sensor,
)


@dataclass(frozen=True, slots=True)
class StoredState:
    """The desired state as far as it is known. `generation` is the highest that is in place as a whole."""

    generation: int = 0
    config: GatewayConfig | None = None
    entries: Mapping[str, SensorEntry] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()
    # Subject -> generation of a cut that no report answered with 204 has told of yet.
    unreported_cuts: Mapping[str, int] = field(default_factory=dict)
    # Subject -> Unix time: a serial of a sensor that stays allowed was revoked then; older sessions may rest on it.
    void_until: Mapping[str, int] = field(default_factory=dict)

    def is_allowed(self, subject: str) -> bool:
        """Only with the portal's word AND a client-config AND a serial that is not known as revoked."""
        entry = self.entries.get(subject)
        return (
            entry is not None
            and entry.allowed
            and entry.client_config is not None
            and any(serial not in self.revoked for serial in entry.serials)
        )

    def allowed_addresses(self) -> frozenset[str]:
        return frozenset(entry.address for name, entry in self.entries.items() if self.is_allowed(name))


def merge_answer(state: StoredState, answer: StateAnswer, *, now: int) -> StoredState:
    """Takes an answer in without raising the generation: that waits until all of it is in place."""
    incoming = {entry.subject: entry for entry in answer.sensors}
    revoked = state.revoked.union(*(entry.revoked_serials for entry in answer.sensors))
    kept = {
        subject: entry
        for subject, entry in state.entries.items()
        if not answer.full or subject in answer.refused_subjects
    }
    merged = replace(state, config=answer.config or state.config, entries={**kept, **incoming}, revoked=revoked)
    cuts = {name: since for name, since in state.unreported_cuts.items() if not merged.is_allowed(name)}
    void = {name: at for name, at in state.void_until.items() if name in merged.entries}
    for subject, entry in incoming.items():
        if merged.is_allowed(subject):
            if set(entry.revoked_serials) - state.revoked:
                void[subject] = now
        elif _is_news(state, entry):
            cuts[subject] = entry.generation
    return replace(merged, unreported_cuts=cuts, void_until=void)


def _is_news(state: StoredState, entry: SensorEntry) -> bool:
    """A full answer repeats old cuts; one of the same generation has been reported or is still listed."""
    known = state.entries.get(entry.subject)
    return known is None or state.is_allowed(entry.subject) or known.generation != entry.generation


def save_state(path: Path, state: StoredState) -> None:
    document = {
        "generation": state.generation,
        "config": asdict(state.config) if state.config else None,
        "sensors": [asdict(entry) for entry in state.entries.values()],
        "revoked": sorted(state.revoked),
        "unreported_cuts": dict(state.unreported_cuts),
        "void_until": dict(state.void_until),
    }
    write_atomically(path, json.dumps(document, separators=(",", ":")).encode(), mode=0o600)


def load_state(path: Path) -> StoredState:
    """An empty state if there is none. Raises StateRefusedError for a file that is not one."""
    content = read_if_there(path)
    if content is None:
        return StoredState()
    try:
        document = json.loads(content)
        entries = [parse_sensor(item) for item in document["sensors"]]
        config = document["config"] and GatewayConfig(**document["config"])
        if config:
            read_server_conf(config.server_conf)
            check_firewall(config.firewall)
        return StoredState(
            generation=int(document["generation"]),
            config=config or None,
            entries={entry.subject: entry for entry in entries},
            revoked=frozenset(serial for serial in document["revoked"] if SERIAL.fullmatch(serial)),
            unreported_cuts=_counts(document["unreported_cuts"]),
            void_until=_counts(document["void_until"]),
        )
    except (
        ValueError,
        TypeError,
        KeyError,
        RecursionError,
        StateRefusedError,
        ConfigurationRefusedError,
    ) as error:
        raise StateRefusedError(f"{path.name} cannot be read: {type(error).__name__}") from error


def _counts(value: dict[str, int]) -> dict[str, int]:
    return {subject: int(count) for subject, count in value.items() if SUBJECT.fullmatch(subject)}
