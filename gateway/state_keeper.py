"""Takes the portal's answers in, has the host match them, and keeps the cuts that the portal does not know of yet."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from gateway.agent_directory import AgentDirectory
from gateway.locks.cuts import Cut, CutTimer, observe_cuts
from gateway.locks.reconcile import Host
from gateway.locks.revoked_serials import present_serials
from gateway.openvpn.session_watches import SessionWatches
from gateway.problems import Problems
from gateway.state.desired_state import StateAnswer, StateRefused, refuse_outside
from gateway.state.state_file import StateFile
from gateway.state.stored_state import StoredState, merge_answer

log = logging.getLogger("gateway")


class StateKeeper:
    """The one writer of the stored state."""

    def __init__(
        self, directory: AgentDirectory, problems: Problems, end_sessions: Callable[[Iterable[str]], None]
    ) -> None:
        self._directory, self._problems, self._end_sessions = directory, problems, end_sessions
        self._file = StateFile(directory.state)
        self.host = Host(directory, problems)
        self.state = self._load()
        began = time.monotonic()
        self._timers = {subject: CutTimer(began) for subject in self.state.unreported_cuts}

    def known(self) -> StoredState | None:
        """None until the portal has said anything: an agent that knows nothing ends no session."""
        return self.state if self.state.config is not None or self.state.entries else None

    def wants_tcp(self) -> bool:
        """Whether boxes may come in by TCP. Where the configuration is not known, as it was before."""
        if self.state.config is None:
            return self._directory.server_tcp_conf.exists()
        return self.state.config.server_tcp_conf is not None

    def has_open_cuts(self) -> bool:
        return bool(self._timers)

    def table_is_whole(self) -> bool:
        """As it was seen last: after each change, and every so often in between."""
        return self.host.table_stands and self.host.open_addresses == self.state.allowed_addresses()

    def restore(self) -> None:
        """Puts the locks of the stored state back in place: the portal may be down and the kernel new."""
        self.host.look_at_rules(self.state, at_start=True)
        if self.known() is not None and self._apply(None):
            log.info("state of generation %d is in place", self.state.generation)

    def take(self, answer: StateAnswer, *, arrived: float) -> bool:
        """Whether there was anything to do. `arrived` is on the monotonic clock."""
        config = answer.config or self.state.config
        if config is not None:
            answer = refuse_outside(answer, config.conf)
        self._problems.set("state-refused", "; ".join(answer.refusals) or None)
        if not (answer.sensors or answer.full or answer.config or answer.generation > self.state.generation):
            return False
        before = self.state.unreported_cuts
        # In memory first: from here on no session of a cut sensor survives a sweep, even if the disk fails.
        self.state = merge_answer(self.state, answer, now=int(time.time()))
        cuts = self.state.unreported_cuts
        fresh = {name: CutTimer(arrived) for name, generation in cuts.items() if before.get(name) != generation}
        self._timers = {name: timer for name, timer in self._timers.items() if name in cuts} | fresh
        everything = answer.full or answer.config is not None
        changed = None if everything else frozenset(one.subject for one in answer.sensors)
        # On disk before it is in place: an agent killed half-way knows after its restart what to finish.
        saved = self._save(changed)
        applied = self._apply(changed)
        if saved and applied and not answer.refusals and answer.generation != self.state.generation:
            self.state = replace(self.state, generation=answer.generation)
            self._save(frozenset())
            log.info("generation %d is in place", answer.generation)
        return True

    def inspect(self) -> None:
        """The slow look at everything, and what else can wait for it."""
        if self.known() is None:
            return
        self.host.inspect(self.state)
        try:
            self._file.tidy(self.state)
        except OSError as error:
            self._problems.set("state-not-saved", error.strerror or type(error).__name__)

    def observe_cuts(self, watch: SessionWatches, now: float) -> list[Cut]:
        return observe_cuts(self.state, self._timers, self.host, watch, now)

    def forget_cuts(self, known_by_portal: Sequence[Cut]) -> None:
        done = {cut.subject: cut.generation for cut in known_by_portal}
        left = {name: since for name, since in self.state.unreported_cuts.items() if done.get(name) != since}
        if len(left) == len(self.state.unreported_cuts):
            return
        self.state = replace(self.state, unreported_cuts=left)
        self._timers = {name: timer for name, timer in self._timers.items() if name in left}
        self._save(frozenset())

    def _apply(self, changed: frozenset[str] | None) -> bool:
        subjects = self.state.entries.keys() if changed is None else changed
        shut_out = [subject for subject in subjects if not self.state.is_allowed(subject)]
        applied = self.host.apply(self.state, changed=changed, when_shut=lambda: self._end_sessions(shut_out))
        now = time.monotonic()
        for timer in self._timers.values():
            timer.locked = timer.locked or now
        return applied

    def _save(self, changed: frozenset[str] | None) -> bool:
        try:
            self._file.save(self.state, changed=changed)
        except OSError as error:
            self._problems.set("state-not-saved", error.strerror or type(error).__name__)
            return False
        self._problems.set("state-not-saved", None)
        self._problems.set("state-file-damaged", None)
        return True

    def _load(self) -> StoredState:
        """A lost state file is asked for again; what was revoked is still known from crl/."""
        try:
            state = self._file.load()
        except StateRefused as error:
            self._problems.set("state-file-damaged", str(error))
            state = StoredState()
        else:
            self._problems.set("state-file-damaged", self._file.lost or self._miss_state(state))
        return replace(state, revoked=state.revoked | present_serials(self._directory))

    def _miss_state(self, state: StoredState) -> str | None:
        """server.conf is written after the state, so there was one."""
        if state == StoredState() and self._directory.server_conf.exists():
            return f"{self._directory.state.name} is gone; everything is asked for again"
        return None
