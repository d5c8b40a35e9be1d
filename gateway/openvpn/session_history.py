"""How long each sensor's session has been there, and where its sessions before it were. Pure: times are passed in.

All times are the agent's monotonic clock in seconds. A session is OpenVPN's client id, so one that floats to another
address (a new NAT mapping, a change from line to radio) stays the same session.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.openvpn.sessions import FIRST_TCP_CLIENT, Session

# What is older says nothing about a second box.
REMEMBERED_SECONDS = 600.0
MOST_EARLIER = 8
MOST_BEGUN = 4096


@dataclass(frozen=True, slots=True)
class EarlierSession:
    """`quiet` is how long it had sent nothing when the session after it began: a live box is never quiet for long."""

    public_address: str
    ended_at: float
    quiet: float


@dataclass(slots=True)
class _Present:
    session: Session
    began: float
    active_at: float
    earlier: deque[EarlierSession] = field(default_factory=lambda: deque(maxlen=MOST_EARLIER))
    ended_at: float | None = None


class SessionHistory:
    """Bounded: a box is forgotten when it has been away for REMEMBERED_SECONDS, and so are its earlier sessions."""

    def __init__(self) -> None:
        self._present: dict[str, _Present] = {}
        self._begun: dict[int, float] = {}

    def begin(self, client: int, now: float) -> None:
        """OpenVPN has let this client in. It says so before any status lists it, so the age counts from here."""
        self._begun.setdefault(client, now)
        if len(self._begun) > MOST_BEGUN:
            del self._begun[next(iter(self._begun))]

    def begun_at(self, session: Session) -> float:
        """When OpenVPN let it in; minus infinity where that was not heard."""
        return self._begun.get(session.client, float("-inf"))

    def forget_clients(self, *, by_tcp: bool = False) -> None:
        """That OpenVPN may have been started again, and then counts its clients from zero."""
        self._begun = {client: begun for client, begun in self._begun.items() if (client >= FIRST_TCP_CLIENT) != by_tcp}
        for present in self._present.values():
            if present.session.is_by_tcp == by_tcp:
                present.ended_at = present.ended_at or present.active_at

    def take(self, sessions: Iterable[Session], now: float) -> None:
        """`now` is when the status was asked for that listed all these sessions, and no other."""
        listed = {session.subject: session for session in sessions}
        for subject, session in listed.items():
            self._note(subject, session, now)
        for subject, present in list(self._present.items()):
            if subject not in listed:
                present.ended_at = present.ended_at or now
                if now - present.ended_at > REMEMBERED_SECONDS:
                    del self._present[subject]
        live = {session.client for session in listed.values()}
        # Those begun a moment ago may not be listed yet.
        self._begun = {
            client: began for client, began in self._begun.items() if client in live or now - began < REMEMBERED_SECONDS
        }

    def age(self, session: Session, at: float) -> float:
        """For how long this session has been seen, in seconds: at least so old is it."""
        present = self._present.get(session.subject)
        return max(0.0, at - present.began) if present and present.session.client == session.client else 0.0

    def earlier(self, subject: str, at: float) -> list[EarlierSession]:
        """The sessions before the present one, the oldest first."""
        present = self._present.get(subject)
        return [one for one in present.earlier if at - one.ended_at <= REMEMBERED_SECONDS] if present else []

    def _note(self, subject: str, session: Session, now: float) -> None:
        before = self._present.get(subject)
        if before is not None and before.ended_at is None and before.session.client == session.client:
            if session.bytes_received > before.session.bytes_received:
                before.active_at = now
            before.session = session
            return
        began = min(self._begun.get(session.client, now), now)
        present = _Present(session, began, active_at=now)
        if before is not None:
            present.earlier.extend(before.earlier)
            ended = min(before.ended_at, began) if before.ended_at is not None else began
            quiet = max(0.0, began - before.active_at)
            present.earlier.append(EarlierSession(before.session.public_address, ended, quiet))
        self._present[subject] = present
