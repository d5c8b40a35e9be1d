"""Makes the host match the stored state: serials, client-configs, firewall, and server.conf last."""

import contextlib
import logging
import time
from collections.abc import Callable

from gateway.agent_directory import AgentDirectory
from gateway.atomic_files import read_if_there, write_atomically
from gateway.client_configs import sync_client_configs
from gateway.directory_marks import DirectoryMarks, read_marks
from gateway.firewall import (
    FirewallRefusedError,
    apply_firewall,
    change_addresses,
    read_addresses,
    read_addresses_again,
    read_fingerprint,
)
from gateway.firewall_table import firewall_table
from gateway.other_forwarding import OtherForwardingError, Way, read_other_forwarding
from gateway.problems import Problems
from gateway.revoked_serials import block_serials, look_as_openvpn
from gateway.stored_state import StoredState

log = logging.getLogger("gateway.reconcile")

REPAIR_TOLD_SECONDS = 60.0


class Host:
    """The locks on this host, and what is known of them from looking, not from having asked."""

    def __init__(self, directory: AgentDirectory, problems: Problems) -> None:
        self.directory = directory
        self.problems = problems
        # What the kernel listed last; None when it could not be read.
        self.open_addresses: frozenset[str] | None = None
        self.readable_serials: frozenset[str] = frozenset()
        self._applied_firewall: str | None = None
        self._fingerprint: str | None = None
        self._others: tuple[Way, ...] = ()
        self._repaired_at = float("-inf")
        self._refilled_at = float("-inf")
        self._looked_at = 0.0
        self._marks: DirectoryMarks | None = None

    def apply(
        self, state: StoredState, *, changed: frozenset[str] | None, when_shut: Callable[[], None] = lambda: None
    ) -> bool:
        """`changed` None means everything. False when a lock or the configuration is not in place.

        `when_shut` is called as soon as OpenVPN would let none of those shut out back in. Each lock is tried whatever
        became of the others: a full disk must not keep the firewall open.
        """
        serials = state.revoked if changed is None else _revoked_of(state, changed)
        if changed is None:
            self._read_others()
        # What others did to the directories a moment ago must not pass for this agent's own work.
        refill = changed is None or self._is_changed_by_others()
        failures = self._lock_files(
            state, serials=state.revoked if refill else serials, changed=None if refill else changed
        )
        when_shut()
        refused = self._apply_firewall(state, changed)
        self.problems.set("firewall-refused", refused)
        self._look_at_serials(state, None if refill else serials)
        if refused is None:
            # OpenVPN's supervisor waits for this file, so it comes when the firewall stands.
            failures.append(self._try_on_disk(lambda: self._write_server_conf(state)))
        failed = next((failure for failure in failures if failure), None)
        self.problems.set("disk-failed", failed)
        return failed is None and refused is None and not self.problems.has("crl-directory-unreadable")

    def _lock_files(
        self, state: StoredState, *, serials: frozenset[str], changed: frozenset[str] | None
    ) -> list[str | None]:
        failures = [
            self._try_on_disk(self._repair),
            self._try_on_disk(lambda: block_serials(self.directory, serials)),
            self._try_on_disk(lambda: sync_client_configs(self.directory.ccd, state, changed=changed)),
        ]
        self._marks = read_marks(self.directory)
        return failures

    def _is_changed_by_others(self) -> bool:
        """False before the first work here: then there is nothing to compare."""
        return self._marks is not None and self._marks != read_marks(self.directory)

    def _try_on_disk(self, step: Callable[[], object]) -> str | None:
        try:
            step()
        except OSError as error:
            return f"{error.filename or self.directory.root}: {error.strerror}"
        return None

    def inspect(self, state: StoredState) -> None:
        """The slow look at all of it, for what others may have changed behind the agent's back."""
        changed_by_others = self._compare_firewall(state)
        self._read_others()
        if changed_by_others is not None:
            self._applied_firewall = None
        self.apply(state, changed=None if self._applied_firewall is None else frozenset(state.entries))
        self.problems.set("firewall-changed-by-others", changed_by_others)

    def repair_directories(self, state: StoredState) -> None:
        """Every second: a directory that OpenVPN's user cannot read, or that is not the one this agent has filled, lets
        revoked certificates in; without its client-config file an allowed sensor does not get in."""
        if self._is_changed_by_others():
            log.warning("somebody had changed what is in ccd or crl; filled again")
            failures = self._lock_files(state, serials=state.revoked, changed=None)
            self._refilled_at = time.monotonic()
        else:
            failures = [self._try_on_disk(self._repair)]
        failure = next((failure for failure in failures if failure), None)
        if failure is not None:
            self.problems.set("disk-failed", failure)
        if max(self._repaired_at, self._refilled_at) > self._looked_at:
            self._look_at_serials(state)
        self._tell_of("directory-mode-repaired", self._repaired_at, "ccd, crl or their parent had another mode")
        self._tell_of("directory-changed-by-others", self._refilled_at, "ccd or crl had been changed; filled again")

    def _tell_of(self, code: str, happened_at: float, detail: str) -> None:
        """Long enough for a report, and for people to see it."""
        self.problems.set(code, detail if time.monotonic() < happened_at + REPAIR_TOLD_SECONDS else None)

    def _repair(self) -> None:
        repaired = self.directory.prepare()
        if repaired:
            log.warning("somebody had changed the modes of: %s; repaired", ", ".join(repaired))
            self._repaired_at = time.monotonic()

    def _apply_firewall(self, state: StoredState, changed: frozenset[str] | None) -> str | None:
        """None, or why not."""
        wanted = state.allowed_addresses()
        if state.config is None:
            self._close_without_configuration(wanted)
            return "the portal has not sent a configuration that this agent takes"
        text = firewall_table(base_networks=state.config.base_networks, others=self._others)
        whole = changed is None or self._applied_firewall != text or self.open_addresses is None
        try:
            if whole:
                self._replace_firewall(text, wanted)
            else:
                self._change_addresses(state, changed or frozenset(), wanted)
        except FirewallRefusedError as error:
            self._applied_firewall = None
            self._close_in_standing_table(wanted)
            return str(error)
        return None if self.open_addresses == wanted else "the kernel's set of sensors is not what was asked for"

    def _read_others(self) -> None:
        """Only with all the rest and in the slow look: a cut does not wait for this host's own file."""
        try:
            self._others = read_other_forwarding(self.directory.other_forwarding)
            self.problems.set("other-forwarding-refused", None)
        except OtherForwardingError as error:
            self._others = ()
            self.problems.set("other-forwarding-refused", str(error))

    def _replace_firewall(self, text: str, wanted: frozenset[str]) -> None:
        apply_firewall(text, wanted)
        self._applied_firewall = text
        self._fingerprint = read_fingerprint()
        self.open_addresses = read_addresses()

    def _change_addresses(self, state: StoredState, changed: frozenset[str], wanted: frozenset[str]) -> None:
        known = self.open_addresses or frozenset()
        closed = {state.entries[name].address for name in changed & state.entries.keys()} - wanted
        added, removed = wanted - known, closed | (known - wanted)
        change_addresses(added=added, removed=removed)
        self.open_addresses = read_addresses_again(known, added | removed)

    def _close_in_standing_table(self, wanted: frozenset[str]) -> None:
        """Without rules, or with rules that nft refuses, the old table stands: in that what must be closed is closed."""
        try:
            change_addresses(added=(), removed=read_addresses() - wanted)
            self.open_addresses = read_addresses()
        except FirewallRefusedError:
            self.open_addresses = None

    def _close_without_configuration(self, wanted: frozenset[str]) -> None:
        """A table that stands goes on. Where there is none, sensors would reach one another and all that this host does:
        then one that knows of no network at base."""
        self._close_in_standing_table(wanted)
        if self.open_addresses is None:
            with contextlib.suppress(FirewallRefusedError):
                apply_firewall(firewall_table(base_networks=(), others=self._others), wanted)
                self.open_addresses = read_addresses()

    def _compare_firewall(self, state: StoredState) -> str | None:
        if state.config is None or self._applied_firewall is None:
            return None
        try:
            self.open_addresses = read_addresses()
            if self.open_addresses != state.allowed_addresses():
                return "the set of sensors had been changed; applied again"
            return None if read_fingerprint() == self._fingerprint else "the rules had been changed; applied again"
        except FirewallRefusedError as error:
            self.open_addresses = None
            return f"the table was gone; applied again ({error})"

    def _look_at_serials(self, state: StoredState, serials: frozenset[str] | None = None) -> None:
        """`serials` None looks at all of them."""
        self._looked_at = time.monotonic()
        conf = state.config.conf if state.config else None
        user, group = (conf.user, conf.group) if conf else (None, None)
        look = look_as_openvpn(self.directory, user=user, group=group, serials=serials)
        self.readable_serials = look.serials | (self.readable_serials - serials if serials is not None else set())
        missing = len(state.revoked - self.readable_serials)
        problem = look.problem or (f"{missing} revoked serials cannot be read" if missing else None)
        self.problems.set("crl-directory-unreadable", problem)

    def _write_server_conf(self, state: StoredState) -> None:
        if state.config is None:
            return
        content = state.config.server_conf.encode()
        if read_if_there(self.directory.server_conf) != content:
            write_atomically(self.directory.server_conf, content, mode=0o644)
            log.info("server.conf written")


def _revoked_of(state: StoredState, changed: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(state.entries[name].revoked_serials for name in changed if name in state.entries))
