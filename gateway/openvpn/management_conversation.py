"""Who said what to whom: matches replies of the management interface to the commands they answer. Pure.

OpenVPN answers commands in their order, with log lines and client notices in between.
"""

from collections import deque
from dataclasses import dataclass

from gateway.openvpn.management_events import (
    CertificateRefused,
    ClientEstablished,
    ClientRow,
    End,
    EntryRefused,
    EnvironmentSerial,
    Event,
    Failure,
    Greeting,
    NotUnderstood,
    SessionChanged,
    StatusBegins,
    Success,
    Version,
)

REMEMBERED_CLIENTS = 4096


@dataclass(frozen=True, slots=True)
class StatusTaken:
    """A whole `status 3`. `asked_at` is what the asker passed when it asked: the rows are not older."""

    rows: tuple[ClientRow, ...]
    asked_at: float


@dataclass(frozen=True, slots=True)
class ProcessKnown:
    pid: int


@dataclass(frozen=True, slots=True)
class _Asked:
    command: str
    at: float


Occurrence = (
    StatusTaken
    | ProcessKnown
    | ClientEstablished
    | SessionChanged
    | StatusBegins
    | CertificateRefused
    | EntryRefused
    | Greeting
    | NotUnderstood
    | Version
)


class Conversation:
    """One connection's worth of memory, bounded."""

    def __init__(self) -> None:
        self._asked: deque[_Asked] = deque()
        self._rows: list[ClientRow] = []
        self._client: int | None = None
        # Client id -> serial of its certificate, told by OpenVPN when the client was let in.
        self.serials: dict[int, str] = {}

    def ask(self, command: str, *, at: float) -> str:
        self._asked.append(_Asked(command, at))
        return command + "\n"

    def status_is_on_its_way(self) -> bool:
        return any(asked.command == "status 3" for asked in self._asked)

    def oldest_question(self) -> float | None:
        return self._asked[0].at if self._asked else None

    def hear(self, event: Event) -> Occurrence | None:
        match event:
            case ClientRow():
                self._rows.append(event)
            case End():
                return self._end()
            case Success(text=text):
                return self._success(text)
            case Failure():
                self._answered("kill", "client-kill", "pid")
            case ClientEstablished(client=client):
                self._client = client
                return event
            case EnvironmentSerial(serial=serial):
                self._remember(serial)
            case _:
                return event
        return None

    def _end(self) -> Occurrence | None:
        asked = self._answered("status 3", "version", "log on all")
        if asked is None or asked.command != "status 3":
            return None
        rows, self._rows = tuple(self._rows), []
        return StatusTaken(rows, asked.at)

    def _success(self, text: str) -> Occurrence | None:
        # `log on all` says SUCCESS and then, after the history, END: only the END answers it.
        asked = self._answered("kill", "client-kill", "pid")
        if asked and asked.command == "pid" and text.startswith("pid=") and text[4:].isdecimal():
            return ProcessKnown(int(text[4:10]))
        return None

    def _answered(self, *verbs: str) -> _Asked | None:
        """Takes the question off the queue if it is of a kind that is answered so."""
        if self._asked and self._asked[0].command.startswith(verbs):
            return self._asked.popleft()
        return None

    def _remember(self, serial: str) -> None:
        if self._client is not None:
            self.serials[self._client] = serial
            self._client = None
        if len(self.serials) > REMEMBERED_CLIENTS:
            del self.serials[next(iter(self.serials))]
