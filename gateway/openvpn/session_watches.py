"""Both OpenVPNs of this host as one picture: the one that listens by UDP, and the one by TCP if there is one.

A box is with one of them at a time. Where both list it the later session counts and the other is ended, as OpenVPN
itself does with two sessions of one name.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from gateway.openvpn.session_history import SessionHistory
from gateway.openvpn.session_watch import ATTACH_SECONDS, Refusal, SessionWatch
from gateway.openvpn.sessions import FIRST_TCP_CLIENT, Session
from gateway.state.stored_state import StoredState

# For one that nobody wants, but that may still be running.
IDLE_SECONDS = 5.0


class SessionWatches:
    """Driven by the agent's loop as each of the two is."""

    def __init__(self, *, udp: Path, tcp: Path, on_refusal: Callable[[Refusal], None]) -> None:
        self.history = SessionHistory()
        self.udp = SessionWatch(udp, on_refusal, history=self.history)
        self.tcp = SessionWatch(tcp, on_refusal, history=self.history, first_client=FIRST_TCP_CLIENT)
        self.tcp.attach_seconds = IDLE_SECONDS
        self._tcp_is_wanted = False
        # Of those that are seen now, by name; None when neither is.
        self.sessions: dict[str, Session] | None = None
        # The same, and in the place of one that cannot be seen what it showed last: it has not been seen to be gone.
        self.last_known: dict[str, Session] | None = None
        self._taken: tuple[object, ...] = ()
        # Whose earlier session was ended, and on which look: not twice on one, since another may be there by then.
        self._ended: dict[str, float] = {}

    # What the loop asks for.

    def want_tcp(self, now: float, *, wanted: bool) -> None:
        """Whether the portal wants boxes to come in by TCP. If not, all that come are ended while it runs."""
        self._tcp_is_wanted = wanted
        self.tcp.hurry(ATTACH_SECONDS if wanted else IDLE_SECONDS, now)

    @property
    def tcp_is_left_over(self) -> bool:
        return self.tcp.served and not self._tcp_is_wanted

    @property
    def concerned(self) -> tuple[SessionWatch, ...]:
        """Those in which a session may be."""
        return (self.udp, self.tcp) if self._tcp_is_wanted or self.tcp.socket is not None else (self.udp,)

    def next_step(self) -> float:
        return min(self.udp.next_step(), self.tcp.next_step())

    def tick(self, now: float) -> None:
        for watch in (self.udp, self.tcp):
            watch.tick(now)
        self._merge()

    def read(self, watch: SessionWatch, now: float, state: StoredState | None) -> None:
        """What has arrived at this one's socket."""
        if watch is self.tcp and state is not None and not self._tcp_is_wanted:
            state = StoredState()
        if watch.read(now, state):
            self._merge()

    def ask_status(self, now: float) -> None:
        for watch in self.concerned:
            watch.ask_status(now)

    def end(self, subjects: Iterable[str]) -> None:
        names = frozenset(subjects)
        for watch in (self.udp, self.tcp):
            watch.end(names)

    def close(self) -> None:
        for watch in (self.udp, self.tcp):
            watch.close()

    # What is known.

    @property
    def is_whole(self) -> bool:
        """Whether nobody can have a session that is not seen."""
        return all(watch.sessions is not None for watch in self.concerned)

    @property
    def live(self) -> frozenset[str]:
        return frozenset().union(*(watch.live for watch in self.concerned))

    @property
    def seen_at(self) -> float:
        """Nothing of what is seen is older."""
        return min((watch.seen_at for watch in self._seeing()), default=float("-inf"))

    def rests_until(self, times: float) -> float:
        """When each has had so many times the time of its last status for its packets."""
        ends = [watch.seen_at + (1 + times) * watch.status_took for watch in self._seeing()]
        return max(ends, default=float("-inf"))

    @property
    def problem(self) -> str | None:
        told = [(watch, watch.problem) for watch in self.concerned if watch.problem is not None]
        return "; ".join(f"by TCP: {text}" if watch is self.tcp else text for watch, text in told) or None

    def not_understood(self, now: float) -> str | None:
        return self.udp.not_understood(now) or self.tcp.not_understood(now)

    @property
    def version(self) -> str:
        return self.udp.version if self.udp.served or not self.tcp.served else self.tcp.version

    def _seeing(self) -> list[SessionWatch]:
        return [watch for watch in self.concerned if watch.sessions is not None]

    def _merge(self) -> None:
        """Only after a status, or when one was lost."""
        taken = tuple((id(watch.sessions), watch.seen_at) for watch in self.concerned)
        if taken == self._taken:
            return
        self._taken = taken
        seeing = self._seeing()
        if not seeing:
            self.sessions = self.last_known = None
            return
        merged = self._choose(self.udp.sessions or {}, self.tcp.sessions or {})
        unseen = {} if self.is_whole or self.last_known is None else self._left_of_unseen(self.last_known)
        self.sessions, self.last_known = merged, unseen | merged
        # A whole picture, or a box that is not seen now would count as gone.
        self.history.take(self.last_known.values(), max(watch.seen_at for watch in seeing))

    def _choose(self, udp: dict[str, Session], tcp: dict[str, Session]) -> dict[str, Session]:
        both = udp.keys() & tcp.keys()
        by_tcp = {name for name in both if self._is_later(tcp[name], udp[name])}
        self._ended = {name: at for name, at in self._ended.items() if name in both}
        self._end_earlier(self.udp, sorted(by_tcp))
        self._end_earlier(self.tcp, sorted(both - by_tcp))
        return udp | {name: session for name, session in tcp.items() if name not in both or name in by_tcp}

    def _left_of_unseen(self, known: dict[str, Session]) -> dict[str, Session]:
        by_tcp = self.tcp.sessions is None
        return {name: session for name, session in known.items() if session.is_by_tcp == by_tcp}

    def _is_later(self, one: Session, other: Session) -> bool:
        """By this host's steady clock where OpenVPN was heard letting them in, since its clock may be set back."""
        return (self.history.begun_at(one), one.since) > (self.history.begun_at(other), other.since)

    def _end_earlier(self, earlier: SessionWatch, subjects: list[str]) -> None:
        fresh = [name for name in subjects if self._ended.get(name) != earlier.seen_at]
        self._ended.update(dict.fromkeys(fresh, earlier.seen_at))
        earlier.end(fresh)
