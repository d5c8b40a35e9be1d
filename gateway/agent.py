"""The agent's loop: it owns the host, the management sockets and the reports; threads wait for the portal.

It guards the sessions at least once a second whatever the portal or the network does.
"""

import contextlib
import datetime as dt
import queue
import selectors
import socket
import time
from collections.abc import Callable, Iterable

from gateway.agent_directory import AgentDirectory
from gateway.locks.kernel_news import KernelNews
from gateway.locks.sensor_routes import SensorRoutes
from gateway.metrics import Metric
from gateway.metrics_of_agent import MetricsSource, metrics_of_agent, write_metrics
from gateway.openvpn.openvpn_process import needs_restart
from gateway.openvpn.session_watch import SWEEP_SECONDS, SessionWatch
from gateway.openvpn.session_watches import SessionWatches
from gateway.problems import Problems
from gateway.state_keeper import StateKeeper
from gateway.to_portal.certificates import WARN_DAYS, CertificateUnfit, days_left
from gateway.to_portal.outbox import load_outbox
from gateway.to_portal.portal_threads import (
    Message,
    PollFailed,
    QuestionsFailed,
    RecallFailed,
    RenewalTold,
    ReportAnswered,
    ReportFailed,
    StateArrived,
    ThreadBroke,
)
from gateway.to_portal.reporting import Reporting
from gateway.to_portal.reports import Report
from gateway.to_portal.session_questions import Answers, QuestionsArrived, SessionQuestions

UNFINISHED_CUT_SECONDS = 0.1


class AgentBroken(Exception):
    """A part of the agent has failed in a way nobody foresaw: better to be started again than to work by halves."""


class Agent:
    """Built by `run`; `turn` is one pass of the loop. `send`, `answer`, `applied`, `recall` lead to waiting threads."""

    def __init__(
        self,
        directory: AgentDirectory,
        *,
        send: Callable[[Report], None],
        answer: Callable[[Answers], None],
        applied: Callable[[int], None],
        recall: Callable[[int, frozenset[str]], None],
        snapshot_seconds: float,
    ) -> None:
        directory.prepare()
        self.directory = directory
        self.problems = Problems()
        self.reporting = Reporting(load_outbox(directory.outbox), self.problems, send, snapshot_seconds)
        self.watch = SessionWatches(
            udp=directory.management_socket,
            tcp=directory.tcp_management_socket,
            on_refusal=lambda refusal: self.reporting.add_sighting(refusal, self.keeper.state),
        )
        self.routes = SensorRoutes(self.problems)
        self.questions = SessionQuestions(self.watch, self.routes, answer)
        self.keeper = StateKeeper(directory, self.problems, self.watch.end)
        # What looks after another part of this host adds what it counts.
        self.metrics: list[MetricsSource] = [self._own_metrics]
        self._applied, self._recall, self._snapshot_seconds = applied, recall, snapshot_seconds
        self._recalled: int | None = None
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)
        self._wake_writer.setblocking(False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ)
        self.news = KernelNews()
        for one in self.news.sockets:
            self._selector.register(one, selectors.EVENT_READ)
        self._watched: dict[SessionWatch, int] = {}
        self._next_inspection = time.monotonic() + snapshot_seconds
        self._next_repair = 0.0
        self._stopping = False

    # From other threads and signal handlers.

    def deliver(self, message: Message) -> None:
        self._inbox.put(message)
        self._wake()

    def stop(self) -> None:
        self._stopping = True
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # A full pipe wakes as well.
            self._wake_writer.send(b"!")

    # The loop.

    def run(self) -> None:
        """Until `stop`. Raises AgentBroken."""
        self._look_at_certificate()
        while not self._stopping:
            self.turn()
        self.watch.close()
        self.news.close()
        self._selector.close()

    def turn(self) -> None:
        self._follow_sockets()
        ready = self._selector.select(max(0.0, self._next_step() - time.monotonic()))
        for key, _ in ready:
            if key.fileobj is self._wake_reader:
                self._wake_reader.recv(4096)
            elif key.fileobj in self.news.sockets:
                self.news.hear(time.monotonic())
            else:
                self.watch.read(key.data, time.monotonic(), self.keeper.known())
        while not self._inbox.empty():
            self._handle(self._inbox.get())
        now = time.monotonic()
        self.watch.want_tcp(now, wanted=self.keeper.wants_tcp())
        self.watch.tick(now)
        self.routes.follow(self.watch.sessions, self.keeper.known(), tcp_is_seen=self.watch.tcp.sessions is not None)
        # Before anything that takes its time: a box waits for this.
        self.questions.tick(now)
        self._do_regular_work(now)
        self.problems.set("management-unreachable", self.watch.problem)
        self.problems.set("openvpn-not-understood", self.watch.not_understood(now))
        self.reporting.report(
            generation=self.keeper.state.generation,
            watch=self.watch,
            cuts=self.keeper.observe_cuts(self.watch, now),
            now=now,
        )

    def _next_step(self) -> float:
        times = [self.watch.next_step(), self._next_inspection, self._next_repair, self.news.next_look]
        times += [self.reporting.next_step(), self.questions.next_step()]
        if self.keeper.has_open_cuts():
            # A cut that stays unfinished is told of when it has been so for a while.
            times.append(time.monotonic() + UNFINISHED_CUT_SECONDS)
        return min(times)

    def _follow_sockets(self) -> None:
        sockets = {watch: watch.socket for watch in (self.watch.udp, self.watch.tcp)}
        current = {watch: one.fileno() for watch, one in sockets.items() if one is not None}
        # All that are gone first: the number of one may be another's by now.
        for watch, number in list(self._watched.items()):
            if current.get(watch) != number:
                # epoll has dropped the closed socket by itself; the selector has not.
                self._selector.unregister(number)
                del self._watched[watch]
        for watch, number in current.items():
            if watch not in self._watched:
                self._selector.register(number, selectors.EVENT_READ, watch)
                self._watched[watch] = number

    def _handle(self, message: Message) -> None:
        match message:
            case StateArrived():
                self.problems.set("state-unreachable", None)
                if self.keeper.take(message.answer, arrived=message.at):
                    self.watch.ask_status(time.monotonic())
                self._applied(self.keeper.state.generation)
                self._tell_revoked(message.answer.recall)
            case RecallFailed():
                self.problems.set("recall-not-taken", message.detail)
            case RenewalTold():
                self.problems.set("certificate-not-renewed", message.detail)
            case PollFailed():
                self.problems.set("state-refused" if message.refused else "state-unreachable", message.detail)
            case QuestionsArrived():
                self.problems.set("questions-unreachable", None)
                if message.questions:
                    self.questions.take(message)
            case QuestionsFailed():
                self.problems.set("questions-unreachable", message.detail)
            case ReportAnswered() | ReportFailed():
                self.keeper.forget_cuts(self.reporting.take_answer(message, time.monotonic()))
            case ThreadBroke():
                raise AgentBroken(message.detail)

    def _tell_revoked(self, recall: int | None) -> None:
        """Once, although each answer asks until the portal has it. One restored twice may ask by the same number."""
        if recall is not None and recall != self._recalled:
            self._recall(recall, self.keeper.state.revoked)
        self._recalled = recall

    def _do_regular_work(self, now: float) -> None:
        if now >= self.news.next_look:
            self.news.looked(now)
            self.keeper.host.look_at_rules(self.keeper.state)
        if now >= self._next_inspection:
            self._next_inspection = now + self._snapshot_seconds
            self.keeper.inspect()
            self.routes.look_again()
            self._look_at_certificate()
            self.problems.set("metrics-not-written", write_metrics(self.directory.metrics, self.metrics))
        if now >= self._next_repair:
            self._next_repair = now + SWEEP_SECONDS
            self.keeper.host.repair_directories(self.keeper.state)
            self._look_at_openvpn()

    def _own_metrics(self) -> Iterable[Metric]:
        return metrics_of_agent(
            keeper=self.keeper,
            watch=self.watch,
            reporting=self.reporting,
            problems=self.problems,
            certificate=self.directory.certificate,
        )

    def _look_at_certificate(self) -> None:
        try:
            left = days_left(self.directory.certificate, dt.datetime.now(dt.UTC))
        except CertificateUnfit as error:
            self.problems.set("certificate-expires", str(error))
        else:
            self.problems.set("certificate-expires", f"in {left:.0f} days" if left < WARN_DAYS else None)

    def _look_at_openvpn(self) -> None:
        started_with = {self.watch.udp: self.directory.server_conf, self.watch.tcp: self.directory.server_tcp_conf}
        running = [(watch, watch.pid, conf) for watch, conf in started_with.items() if watch.pid is not None]
        told = []
        for watch, pid, conf in running:
            outdated = " and ".join(
                path.name for path in (conf, self.directory.certificate) if needs_restart(pid, path)
            )
            which = "the OpenVPN by TCP" if watch is self.watch.tcp else "OpenVPN"
            told += [f"{outdated} changed since {which} was started"] if outdated else []
        if self.watch.tcp_is_left_over:
            told.append(
                "nobody is to come in by TCP, but that OpenVPN still runs: systemctl stop nsm-gateway-openvpn-tcp"
            )
        if running:
            self.problems.set("openvpn-restart-needed", "; ".join(told) or None)
