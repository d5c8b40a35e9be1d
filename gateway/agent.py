"""The agent's loop: it owns the host, the management socket and the reports; the portal is waited for in threads.

It guards the sessions at least once a second whatever the portal, the disk or the network does.
"""

import contextlib
import logging
import queue
import random
import selectors
import socket
import time
from dataclasses import replace

from gateway.agent_directory import AgentDirectory
from gateway.configuration_rules import read_server_conf
from gateway.cuts import CutTimer, observe_cuts
from gateway.desired_state import StateAnswer, StateRefusedError, refuse_outside
from gateway.management import CertificateRefused
from gateway.openvpn_process import needs_restart
from gateway.outbox import Outbox, Sighting, as_rfc3339, load_outbox
from gateway.portal_threads import (
    Message,
    PollFailed,
    ReportAnswered,
    ReportFailed,
    ReportSender,
    StateArrived,
    StatePoller,
)
from gateway.problems import Problems
from gateway.reconcile import Host
from gateway.reports import SNAPSHOT_SECONDS, Observation, ReportDesk
from gateway.revoked_serials import present_serials
from gateway.session_watch import SWEEP_SECONDS, Refusal, SessionWatch
from gateway.state_store import StoredState, load_state, merge_answer, save_state

log = logging.getLogger("gateway")


class Agent:
    """Built by `run`; `turn` is one pass of the loop."""

    def __init__(self, directory: AgentDirectory) -> None:
        directory.prepare()
        self.directory = directory
        self.problems = Problems()
        self.state = _load(directory, self.problems)
        self.outbox: Outbox = load_outbox(directory.outbox)
        self.host = Host(directory, self.problems)
        self.watch = SessionWatch(directory.management_socket, self._on_refusal)
        self.desk = ReportDesk(self.outbox)
        self.poller: StatePoller | None = None
        self.sender: ReportSender | None = None
        began = time.monotonic()
        self._timers = {subject: CutTimer(began) for subject in self.state.unreported_cuts}
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)
        self._wake_writer.setblocking(False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ)
        self._watched: int | None = None
        self._next_inspection = began + SNAPSHOT_SECONDS
        self._next_repair = began + SWEEP_SECONDS
        self._stopping = False

    # -- from other threads and signal handlers

    def deliver(self, message: Message) -> None:
        self._inbox.put(message)
        self._wake()

    def stop(self) -> None:
        self._stopping = True
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # A full pipe wakes as well.
            self._wake_writer.send(b"!")

    # -- the loop

    def restore(self) -> None:
        """Puts the locks of the stored state back in place: the portal may be down and the kernel new."""
        if self.state.config is None:
            return
        if self._apply(changed=None):
            log.info("state of generation %d is in place", self.state.generation)

    def run(self) -> None:
        while not self._stopping:
            self.turn()
        self.watch.close()
        self._selector.close()

    def turn(self) -> None:
        self._follow_socket()
        ready = self._selector.select(max(0.0, self._next_step() - time.monotonic()))
        for key, _ in ready:
            if key.fileobj is self._wake_reader:
                self._wake_reader.recv(4096)
            else:
                self.watch.read(time.monotonic(), self._known_state())
        while not self._inbox.empty():
            self._handle(self._inbox.get())
        now = time.monotonic()
        self.watch.tick(now)
        self._do_regular_work(now)
        self._report(now)

    def _known_state(self) -> StoredState | None:
        """None until the portal has said anything: an agent that knows nothing ends no session."""
        return self.state if self.state.config is not None else None

    def _next_step(self) -> float:
        times = (
            self.watch.next_step(),
            self._next_inspection,
            self._next_repair,
            self.desk.next_step(time.monotonic()),
        )
        # An unfinished cut is told of when it has been unfinished for a while.
        return min((*times, time.monotonic() + 0.1) if self._timers else times)

    def _follow_socket(self) -> None:
        current = self.watch.socket
        if self._watched is not None and (current is None or current.fileno() != self._watched):
            self._selector.unregister(self._watched)
            self._watched = None
        if current is not None and self._watched is None:
            self._watched = current.fileno()
            self._selector.register(self._watched, selectors.EVENT_READ)

    def _do_regular_work(self, now: float) -> None:
        try:
            if now >= self._next_inspection and self.state.config is not None:
                self._next_inspection = now + SNAPSHOT_SECONDS
                self.host.inspect(self.state)
            if now >= self._next_repair:
                self._next_repair = now + SWEEP_SECONDS
                self.host.repair_directories()
                self._look_at_openvpn()
        except OSError as error:
            self.problems.set("disk-failed", f"{type(error).__name__}: {error.strerror}")

    def _look_at_openvpn(self) -> None:
        self.problems.set("management-unreachable", self.watch.problem)
        pid = self.watch.pid
        if pid is not None:
            outdated = needs_restart(pid, self.directory.server_conf)
            detail = "server.conf has changed since OpenVPN was started" if outdated else None
            self.problems.set("openvpn-restart-needed", detail)

    # -- messages

    def _handle(self, message: Message) -> None:
        now, jitter = time.monotonic(), random.random()  # noqa: S311 -- not a secret
        match message:
            case StateArrived():
                self._take_state(message.answer, message.at)
            case PollFailed():
                # Not out of reach for its own report's sake: if it is, the report does not arrive either.
                log.warning("no state from the portal: %s", message.detail)
                self.problems.set("state-refused", message.detail if message.refused else None)
            case ReportAnswered(status=204):
                self._cuts_are_known()
            case ReportAnswered(status=409) if message.last_sequence is not None:
                log.warning("the portal has seen report %d already", message.last_sequence)
                self.desk.replayed(message.last_sequence, now, jitter)
            case ReportAnswered(status=400 | 413 | 422):
                log.error("the portal refused a report as faulty (%d)", message.status)
                self.desk.refused(now, jitter)
            case ReportAnswered():
                log.warning("the portal answered %d to a report", message.status)
                self.desk.failed(now, jitter)
            case ReportFailed():
                log.warning("a report did not arrive: %s", message.detail)
                self.desk.failed(now, jitter)

    def _take_state(self, answer: StateAnswer, arrived: float) -> None:
        config = answer.config or self.state.config
        if config is not None:
            answer = refuse_outside(answer, read_server_conf(config.server_conf))
        self.problems.set("state-refused", "; ".join(answer.refusals) or None)
        if answer.sensors or answer.full or answer.config or answer.generation > self.state.generation:
            self._merge_and_apply(answer, arrived)
        if self.poller:
            self.poller.applied(self.state.generation)

    def _merge_and_apply(self, answer: StateAnswer, arrived: float) -> None:
        before = self.state.unreported_cuts
        merged = merge_answer(self.state, answer, now=int(time.time()))
        for subject, generation in merged.unreported_cuts.items():
            if before.get(subject) != generation:
                self._timers[subject] = CutTimer(arrived)
        self._timers = {name: timer for name, timer in self._timers.items() if name in merged.unreported_cuts}
        # In memory first: from here on no session of a cut sensor survives a sweep, even if the disk fails.
        self.state = merged
        everything = answer.full or answer.config is not None
        changed = None if everything else frozenset(entry.subject for entry in answer.sensors)
        # On disk before it is in place: an agent killed half-way knows after its restart what to finish.
        saved = self._save()
        applied = self._apply(changed=changed)
        if saved and applied and not answer.refusals and answer.generation != merged.generation:
            self.state = replace(merged, generation=answer.generation)
            self._save()
            log.info("generation %d is in place", answer.generation)

    def _save(self) -> bool:
        try:
            save_state(self.directory.state, self.state)
        except OSError as error:
            self.problems.set("state-not-saved", f"{error.filename}: {error.strerror}")
            return False
        self.problems.set("state-not-saved", None)
        return True

    def _apply(self, *, changed: frozenset[str] | None) -> bool:
        applied = self.host.apply(self.state, changed=changed)
        now = time.monotonic()
        for timer in self._timers.values():
            timer.locked = timer.locked or now
        self.watch.ask_status(now)
        return applied

    def _on_refusal(self, refusal: Refusal) -> None:
        serial = (
            refusal.serial if isinstance(refusal, CertificateRefused) else self._only_serial(refusal.subject)
        )
        if serial is None:
            log.warning("a sensor without a client-config was turned away: %s", refusal.line)
            return
        sighting = Sighting(serial, refusal.source, as_rfc3339(refusal.at), refusal.line)
        if self.outbox.add_sighting(sighting):
            log.warning("sighting: serial %s from %s", sighting.serial, sighting.source)

    def _only_serial(self, subject: str) -> str | None:
        """`ccd-exclusive` refuses after the certificate passed, so it was the one good serial, if there is one."""
        entry = self.state.entries.get(subject)
        good = [serial for serial in entry.serials if serial not in self.state.revoked] if entry else []
        return good[0] if len(good) == 1 else None

    # -- reports

    def _report(self, now: float) -> None:
        if self.sender is None:
            return
        observation = Observation(
            generation=self.state.generation,
            openvpn_version=self.watch.version,
            sessions=self.watch.sessions,
            cuts=observe_cuts(self.state, self._timers, self.host, self.watch, now),
            problems=self.problems.as_json(),
        )
        try:
            report = self.desk.compose(observation, now)
        except OSError as error:
            self.problems.set("disk-failed", f"{type(error).__name__}: {error.strerror}")
            return
        if report is not None:
            self.sender.send(report)

    def _cuts_are_known(self) -> None:
        done = {cut.subject: cut.generation for cut in self.desk.acknowledged()}
        left = {name: since for name, since in self.state.unreported_cuts.items() if done.get(name) != since}
        if len(left) == len(self.state.unreported_cuts):
            return
        self.state = replace(self.state, unreported_cuts=left)
        self._timers = {name: timer for name, timer in self._timers.items() if name in left}
        self._save()


def _load(directory: AgentDirectory, problems: Problems) -> StoredState:
    """A lost state file is asked for anew; what was revoked is still known from crl/."""
    try:
        state = load_state(directory.state)
    except StateRefusedError as error:
        problems.set("state-file-damaged", str(error))
        state = StoredState()
    return replace(state, revoked=state.revoked | present_serials(directory))
