"""Makes the host match the stored state: serials, client-configs, firewall, and OpenVPN's configurations last."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from gateway.agent_directory import AgentDirectory
from gateway.atomic_files import read_if_there, write_atomically
from gateway.locks.client_configs import sync_client_configs
from gateway.locks.directory_marks import DirectoryMarks, read_marks
from gateway.locks.host_firewall import HostFirewall
from gateway.locks.revoked_serials import block_serials, look_as_openvpn
from gateway.problems import Problems
from gateway.state.stored_state import StoredState

log = logging.getLogger("gateway.reconcile")

REPAIR_TOLD_SECONDS = 60.0


class Host:
    """The locks on this host, and what is known of them from looking, not from having asked."""

    def __init__(self, directory: AgentDirectory, problems: Problems) -> None:
        self.directory = directory
        self.problems = problems
        self._firewall = HostFirewall(directory.other_forwarding, problems)
        self.readable_serials: frozenset[str] = frozenset()
        self._repaired_at = float("-inf")
        self._refilled_at = float("-inf")
        self._looked_at = 0.0
        self._marks: DirectoryMarks | None = None

    @property
    def open_addresses(self) -> frozenset[str] | None:
        """What the kernel listed last; None when it could not be read."""
        return self._firewall.open_addresses

    @property
    def table_stands(self) -> bool:
        """The wanted one, and nobody has been seen to change it."""
        return self._firewall.is_applied and not self.problems.has("firewall-refused")

    def apply(
        self, state: StoredState, *, changed: frozenset[str] | None, when_shut: Callable[[], None] = lambda: None
    ) -> bool:
        """`changed` None means everything. False when a lock or the configuration is not in place.

        `when_shut` is called as soon as OpenVPN would let none of those shut out back in. Each lock is tried whatever
        became of the others: a full disk must not keep the firewall open.
        """
        serials = state.revoked if changed is None else _revoked_of(state, changed)
        # What others did to the directories a moment ago must not pass for this agent's own work.
        refill = changed is None or self._is_changed_by_others()
        failures = self._lock_files(
            state, serials=state.revoked if refill else serials, changed=None if refill else changed
        )
        when_shut()
        refused = self._firewall.apply(state, changed)
        self.problems.set("firewall-refused", refused)
        self._look_at_serials(state, None if refill else serials)
        if refused is None:
            # OpenVPN's supervisor waits for these files, so they come when the firewall stands.
            failures.append(self._try_on_disk(lambda: self._write_configurations(state)))
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
        changed_by_others = self._firewall.find_changes_by_others(state)
        self._firewall.read_others()
        self.apply(state, changed=frozenset(state.entries) if self._firewall.is_applied else None)
        self.problems.set("firewall-changed-by-others", changed_by_others)

    def look_at_rules(self, state: StoredState, *, at_start: bool = False) -> None:
        """Soon after anybody has changed any rules of this host: a table that was taken away comes back at once.

        That there is none when the agent starts, as after a boot, is nobody's doing.
        """
        lost = self._firewall.find_loss(state)
        if lost is not None:
            refused = self._firewall.apply(state, None)
            if not at_start:
                self.problems.set("firewall-refused", refused)
                self.problems.set("firewall-changed-by-others", lost)

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

    def _write_configurations(self, state: StoredState) -> None:
        if state.config is None:
            return
        _write_conf(self.directory.server_conf, state.config.server_conf)
        if state.config.server_tcp_conf is not None:
            _write_conf(self.directory.server_tcp_conf, state.config.server_tcp_conf)
        else:
            self.directory.server_tcp_conf.unlink(missing_ok=True)


def _write_conf(path: Path, text: str) -> None:
    content = text.encode()
    if read_if_there(path) != content:
        write_atomically(path, content, mode=0o644)
        log.info("%s written", path.name)


def _revoked_of(state: StoredState, changed: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(state.entries[name].revoked_serials for name in changed if name in state.entries))
