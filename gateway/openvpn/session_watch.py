"""Keeps one OpenVPN's management socket attached, knows its live sessions and ends those that must not be."""

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from gateway.openvpn.management import parse_line
from gateway.openvpn.management_conversation import Conversation, Occurrence, ProcessKnown, StatusTaken
from gateway.openvpn.management_events import (
    CertificateRefused,
    ClientEstablished,
    EntryRefused,
    Greeting,
    NotUnderstood,
    SessionChanged,
    StatusBegins,
    Version,
)
from gateway.openvpn.management_socket import ManagementLost, ManagementSocket
from gateway.openvpn.session_history import SessionHistory
from gateway.openvpn.sessions import Session, choose_to_kill, kill_command, live_names, read_sessions
from gateway.state.stored_state import StoredState

log = logging.getLogger("gateway.sessions")

SWEEP_SECONDS = 1.0
RECHECK_SECONDS = 0.05
ATTACH_SECONDS = 0.25
# OpenVPN is one thread: a silence this long means that it serves another client or hangs.
SILENCE_SECONDS = 5.0
UNKNOWN = "unknown"
# For people to see it: a kind of line that comes once a day is as well not understood for the rest of it.
NOT_UNDERSTOOD_SECONDS = 86400.0

Refusal = CertificateRefused | EntryRefused


class SessionWatch:
    """Driven by the agent's loop: `tick` at the time it names, `read` when its socket has something."""

    def __init__(
        self,
        path: Path,
        on_refusal: Callable[[Refusal], None],
        *,
        history: SessionHistory | None = None,
        first_client: int = 0,
    ) -> None:
        """`history` is told of beginnings; the one who has it lets it take the sessions."""
        self._path = path
        self._on_refusal = on_refusal
        self._first_client = first_client
        self.history = SessionHistory() if history is None else history
        self.attach_seconds = ATTACH_SECONDS
        self._socket: ManagementSocket | None = None
        self._conversation = Conversation()
        self._ask_again = False
        self._killed = False
        self._next_step = 0.0
        self._not_understood: tuple[str, float] | None = None
        self.served = False
        self.version = UNKNOWN
        self.pid: int | None = None
        self.problem: str | None = "not attached yet"
        # None: not known. An agent that cannot see must not say that nobody is there.
        self.sessions: dict[str, Session] | None = None
        self.live: frozenset[str] = frozenset()
        self.seen_at = float("-inf")
        # How long OpenVPN's only thread worked for the last status, in seconds, at most: to read it is our own work.
        self.status_took = 0.0

    @property
    def socket(self) -> ManagementSocket | None:
        return self._socket

    def next_step(self) -> float:
        return self._next_step

    def not_understood(self, now: float) -> str | None:
        """The first line of the last minutes that said something awaited in words that this agent does not know."""
        if self._not_understood is None or now > self._not_understood[1] + NOT_UNDERSTOOD_SECONDS:
            return None
        return f"OpenVPN {self.version} says what this agent does not understand: {self._not_understood[0]}"

    def tick(self, now: float) -> None:
        if now < self._next_step:
            return
        if self._socket is None:
            self._attach(now)
            return
        asked = self._conversation.oldest_question()
        if asked is not None and now - asked > SILENCE_SECONDS:
            self._lose("attached, but OpenVPN does not answer (does something else hold its socket?)", now)
            return
        self.ask_status(now)

    def ask_status(self, now: float) -> None:
        """At once, or as soon as the one on its way has come, so that a hundred log lines cost two questions."""
        self._next_step = now + SWEEP_SECONDS
        if self._conversation.status_is_on_its_way():
            self._ask_again = True
            return
        self._ask_again = False
        self._send("status 3", now)

    def hurry(self, attach_seconds: float, now: float) -> None:
        """How often it looks for an OpenVPN that is not there."""
        if attach_seconds < self.attach_seconds:
            self._next_step = min(self._next_step, now)
        self.attach_seconds = attach_seconds

    def end(self, subjects: Iterable[str]) -> None:
        """At once for those seen live; a session that comes up a moment later is ended by the sweep."""
        for subject in sorted(self.live.intersection(subjects)):
            log.warning("ending the session of %s", subject)
            self._send(f"kill {subject}", time.monotonic())

    def read(self, now: float, state: StoredState | None) -> bool:
        """True when the picture of the sessions was renewed."""
        if self._socket is None:
            return False
        try:
            lines = self._socket.read_lines()
        except ManagementLost as error:
            self._lose(str(error), now)
            return False
        renewed = False
        for line in lines:
            event = parse_line(line)
            occurrence = self._conversation.hear(event) if event else None
            if occurrence:
                renewed |= self._handle(occurrence, now, state)
        return renewed

    def close(self) -> None:
        if self._socket:
            self._socket.close()
            self._socket = None

    def _handle(self, occurrence: Occurrence, now: float, state: StoredState | None) -> bool:
        match occurrence:
            case StatusBegins():
                if (asked_at := self._conversation.oldest_question()) is not None:
                    self.status_took = max(0.0, now - asked_at)
            case StatusTaken():
                self._take(occurrence, now, state)
                return True
            case ClientEstablished(client=client):
                self.history.begin(self._first_client + client, now)
                self.ask_status(now)
            case SessionChanged():
                self.ask_status(now)
            case CertificateRefused() | EntryRefused():
                self._on_refusal(occurrence)
            case ProcessKnown(pid=pid):
                self.pid = pid
            case NotUnderstood(line=line):
                self._not_understood = self._not_understood if self.not_understood(now) else (line, now)
            case Version(text=text):
                self.version = text
            case Greeting():
                self.served, self.problem = True, None
        return False

    def _take(self, status: StatusTaken, now: float, state: StoredState | None) -> None:
        serials = self._conversation.serials
        self.sessions = read_sessions(status.rows, serials, first_client=self._first_client)
        self.live, self.seen_at = live_names(status.rows), status.asked_at
        doomed = choose_to_kill(status.rows, state, serials) if state else []
        for command in sorted({kill_command(row) for row in doomed}):
            log.warning("ending a session that must not be: %s", command)
            self._send(command, now)
        if self._ask_again or (doomed and not self._killed):
            self.ask_status(now)
        elif doomed:
            # OpenVPN still lists what was killed: look again soon, but not as fast as the socket allows.
            self._next_step = now + RECHECK_SECONDS
        self._killed = bool(doomed)

    def _attach(self, now: float) -> None:
        try:
            self._socket = ManagementSocket(self._path)
        except ManagementLost as error:
            self._lose(str(error), now)
            return
        # OpenVPN lets every user of the host connect unless told otherwise, and the first one keeps the others out.
        with contextlib.suppress(OSError):
            os.chmod(self._path, 0o600)
        self._conversation = Conversation()
        self.history.forget_clients(by_tcp=self._first_client > 0)
        for command in ("version", "pid", "log on all"):
            self._send(command, now)
        self.ask_status(now)

    def _send(self, command: str, now: float) -> None:
        if self._socket is None:
            return
        try:
            self._socket.send(self._conversation.ask(command, at=now))
        except ManagementLost as error:
            self._lose(str(error), now)

    def _lose(self, why: str, now: float) -> None:
        if self.served:
            log.warning("management socket lost: %s", why)
        self.close()
        self.served, self.problem = False, why
        self.sessions, self.live, self.pid = None, frozenset(), None
        self._next_step = now + self.attach_seconds
