"""Keeps our table and our routing rules on this host as the stored state wants them.

It knows what is there from looking, not from having asked.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from gateway.locks.firewall import (
    FirewallRefused,
    apply_firewall,
    change_addresses,
    read_addresses,
    read_addresses_again,
    read_fingerprint,
    read_quick_fingerprint,
    table_stands,
)
from gateway.locks.firewall_table import firewall_table
from gateway.locks.host_tools import ToolRefused
from gateway.locks.other_forwarding import OtherForwardingRefused, Way, read_other_forwarding
from gateway.locks.routing_rules import put_rules_in_place, wanted_rules
from gateway.problems import Problems
from gateway.state.stored_state import StoredState

LOOKS = 5


@dataclass(frozen=True, slots=True)
class _Learned:
    """What the kernel makes of a text."""

    text: str
    fingerprint: str
    quick_fingerprint: str


def _learn(text: str, wanted: frozenset[str]) -> _Learned:
    """Applies it until it has looked the same twice: somebody else may change it before it was looked at, and that must
    not pass for ours from then on. Raises FirewallRefused."""
    before: _Learned | None = None
    for _ in range(LOOKS):
        now = _Learned(text, read_fingerprint(), read_quick_fingerprint())
        if now == before:
            return now
        before = now
        apply_firewall(text, wanted)
    raise FirewallRefused("somebody else goes on changing our table")


class HostFirewall:
    """`other_forwarding` is the path of this host's own file."""

    def __init__(self, other_forwarding: Path, problems: Problems) -> None:
        # What the kernel listed last; None when it could not be read.
        self.open_addresses: frozenset[str] | None = None
        self._path, self._problems = other_forwarding, problems
        self._others: tuple[Way, ...] = ()
        self._applied: str | None = None
        self._learned: _Learned | None = None

    def apply(self, state: StoredState, changed: frozenset[str] | None) -> str | None:
        """None, or why not. `changed` None means everything."""
        if changed is None:
            # Not in a cut, which does not wait for this host's own file.
            self.read_others()
            self.put_rules_in_place(state)
        wanted = state.allowed_addresses()
        if state.config is None:
            self._close_without_configuration(wanted)
            return "the portal has not sent a configuration that this agent takes"
        text = firewall_table(base_networks=state.config.base_networks, others=self._others)
        try:
            if changed is None or self._applied != text or self.open_addresses is None:
                self._replace(text, wanted)
            else:
                self._change_addresses(state, changed, wanted)
        except FirewallRefused as error:
            self._applied = None
            self._close_in_standing_table(wanted)
            return str(error)
        return None if self.open_addresses == wanted else "the kernel's set of sensors is not what was asked for"

    def find_changes_by_others(self, state: StoredState) -> str | None:
        """What somebody else has changed, in words; then nothing counts as applied any more. Slow: it reads all."""
        found = self._compare(state)
        if found is not None:
            self._applied = None
        return found

    def find_loss(self, state: StoredState) -> str | None:
        """As `find_changes_by_others`, but of the rules alone, and in a moment: this is looked at after each change."""
        self.put_rules_in_place(state)
        try:
            if not table_stands():
                found = "the table was gone; applied again"
            elif self._applied and self._learned and read_quick_fingerprint() != self._learned.quick_fingerprint:
                found = "the rules had been changed; applied again"
            else:
                return None
        except FirewallRefused as error:
            found = f"the table cannot be read; applied again ({error})"
        self._applied = None
        return found

    def put_rules_in_place(self, state: StoredState) -> None:
        underlay = state.config.conf.network if state.config else None
        try:
            put_rules_in_place(wanted_rules(underlay=underlay, others=self._others))
            self._problems.set("routing-rules-refused", None)
        except ToolRefused as error:
            self._problems.set("routing-rules-refused", str(error))

    @property
    def is_applied(self) -> bool:
        return self._applied is not None

    def read_others(self) -> None:
        try:
            self._others = read_other_forwarding(self._path)
            self._problems.set("other-forwarding-refused", None)
        except OtherForwardingRefused as error:
            self._others = ()
            self._problems.set("other-forwarding-refused", str(error))

    def _replace(self, text: str, wanted: frozenset[str]) -> None:
        apply_firewall(text, wanted)
        self._applied = text
        if self._learned is None or self._learned.text != text:
            self._learned = _learn(text, wanted)
        self.open_addresses = read_addresses()

    def _change_addresses(self, state: StoredState, changed: frozenset[str], wanted: frozenset[str]) -> None:
        known = self.open_addresses or frozenset()
        closed = {state.entries[name].address for name in changed & state.entries.keys()} - wanted
        added, removed = wanted - known, closed | (known - wanted)
        change_addresses(added=added, removed=removed)
        self.open_addresses = read_addresses_again(known, added | removed)

    def _close_in_standing_table(self, wanted: frozenset[str]) -> None:
        """Where new rules are missing or refused, the old table stands: in that what must be closed is closed."""
        try:
            change_addresses(added=(), removed=read_addresses() - wanted)
            self.open_addresses = read_addresses()
        except FirewallRefused:
            self.open_addresses = None

    def _close_without_configuration(self, wanted: frozenset[str]) -> None:
        """A table that stands goes on. Where there is none, as after a boot, sensors would reach one another and more:
        then one that knows of no network at base."""
        self._close_in_standing_table(wanted)
        if self.open_addresses is None:
            with contextlib.suppress(FirewallRefused):
                apply_firewall(firewall_table(base_networks=(), others=self._others), wanted)
                self.open_addresses = read_addresses()

    def _compare(self, state: StoredState) -> str | None:
        if state.config is None or self._applied is None:
            return None
        try:
            self.open_addresses = read_addresses()
            if self.open_addresses != state.allowed_addresses():
                return "the set of sensors had been changed; applied again"
            same = self._learned is not None and read_fingerprint() == self._learned.fingerprint
            return None if same else "the rules had been changed; applied again"
        except FirewallRefused as error:
            self.open_addresses = None
            return f"the table was gone; applied again ({error})"
