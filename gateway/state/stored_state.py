"""What the agent knows, and how an answer of the portal changes it. Pure; `state_file` keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gateway.state.desired_state import SensorEntry, StateAnswer
from gateway.state.gateway_config import GatewayConfig


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
