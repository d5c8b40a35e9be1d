"""Makes the host match the stored state: serials, client-configs, firewall, and server.conf last."""

import logging
from collections.abc import Callable

from gateway.agent_directory import AgentDirectory
from gateway.atomic_files import read_if_there, write_atomically
from gateway.client_configs import sync_client_configs
from gateway.configuration_rules import read_server_conf
from gateway.firewall import (
    FirewallRefusedError,
    apply_firewall,
    change_addresses,
    read_addresses,
    read_fingerprint,
)
from gateway.problems import Problems
from gateway.revoked_serials import block_serials, look_as_openvpn
from gateway.state_store import StoredState

log = logging.getLogger("gateway.reconcile")


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

    def apply(self, state: StoredState, *, changed: frozenset[str] | None) -> bool:
        """`changed` None means everything. False when a lock or the configuration is not in place.

        Each lock is tried whatever became of the others: a full disk must not keep the firewall open.
        """
        serials = state.revoked if changed is None else _revoked_of(state, changed)
        failures = [
            self._try_on_disk(self.directory.prepare),
            self._try_on_disk(lambda: block_serials(self.directory, serials)),
            self._try_on_disk(lambda: sync_client_configs(self.directory.ccd, state, changed=changed)),
        ]
        refused = self._apply_firewall(state, changed)
        self.problems.set("firewall-refused", refused)
        self._look_at_serials(state)
        if refused is None:
            # OpenVPN's supervisor waits for this file, so it comes when the firewall stands.
            failures.append(self._try_on_disk(lambda: self._write_server_conf(state)))
        failed = next((failure for failure in failures if failure), None)
        self.problems.set("disk-failed", failed)
        return failed is None and refused is None and not self.problems.has("crl-directory-unreadable")

    def _try_on_disk(self, step: Callable[[], object]) -> str | None:
        try:
            step()
        except OSError as error:
            return f"{error.filename or self.directory.root}: {error.strerror}"
        return None

    def inspect(self, state: StoredState) -> None:
        """The slow look at all of it, for what others may have changed behind the agent's back."""
        self.repair_directories()
        block_serials(self.directory, state.revoked)
        sync_client_configs(self.directory.ccd, state, changed=None)
        self._look_at_serials(state)
        difference = self._compare_firewall(state)
        self.problems.set("firewall-changed-by-others", difference)
        if difference is not None:
            self._applied_firewall = None
        if difference is not None or self.problems.has("firewall-refused"):
            self.problems.set("firewall-refused", self._apply_firewall(state, None))
            if not self.problems.has("firewall-refused"):
                self._write_server_conf(state)

    def repair_directories(self) -> None:
        repaired = self.directory.prepare()
        if "crl" in repaired or "." in repaired:
            self.problems.set(
                "crl-directory-unreadable", "its mode had been changed; repaired, looking again"
            )

    def _apply_firewall(self, state: StoredState, changed: frozenset[str] | None) -> str | None:
        """None, or why not."""
        if state.config is None:
            return "the portal has not sent a firewall yet"
        wanted = state.allowed_addresses()
        try:
            if (
                changed is None
                or self._applied_firewall != state.config.firewall
                or self.open_addresses is None
            ):
                apply_firewall(state.config.firewall, wanted)
                self._applied_firewall = state.config.firewall
                self._fingerprint = read_fingerprint()
            else:
                closed = {state.entries[name].address for name in changed & state.entries.keys()} - wanted
                change_addresses(
                    added=wanted - self.open_addresses, removed=closed | (self.open_addresses - wanted)
                )
            self.open_addresses = read_addresses()
        except FirewallRefusedError as error:
            self.open_addresses = None
            self._applied_firewall = None
            return str(error)
        return (
            None if self.open_addresses == wanted else "the kernel's set of sensors is not what was asked for"
        )

    def _compare_firewall(self, state: StoredState) -> str | None:
        if state.config is None or self._applied_firewall is None:
            return None
        try:
            self.open_addresses = read_addresses()
            if self.open_addresses != state.allowed_addresses():
                return "the set of sensors had been changed; applied again"
            return (
                None
                if read_fingerprint() == self._fingerprint
                else "the rules had been changed; applied again"
            )
        except FirewallRefusedError as error:
            self.open_addresses = None
            return f"the table was gone; applied again ({error})"

    def _look_at_serials(self, state: StoredState) -> None:
        conf = read_server_conf(state.config.server_conf) if state.config else None
        user, group = (conf.user, conf.group) if conf else (None, None)
        look = look_as_openvpn(self.directory, user=user, group=group)
        self.readable_serials = look.serials
        missing = len(state.revoked - look.serials)
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
    return frozenset().union(
        *(state.entries[name].revoked_serials for name in changed if name in state.entries)
    )
