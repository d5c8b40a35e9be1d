"""What a gateway answers when it is asked which session holds a machine's address now. No database, no clock.

All times are durations in milliseconds, measured on one host each: no two hosts' clocks are ever compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from sensors.fleet.reported_fields import address_of, items_of, object_of, subject_of, whole_of

# A box pings its gateway every five seconds (`keepalive`), so one that sent something so lately was up.
LIVE_MS = 10_000
# In which a machine's coming and going between places is that of two machines.
RETURN_MS = 10 * 60 * 1000
MOST_SESSIONS = 4096
MOST_EARLIER = 32


@dataclass(frozen=True, slots=True)
class EarlierSession:
    """`quiet_ms` is how long it had sent nothing when the session after it began."""

    public_address: str
    ended_ms_ago: int
    quiet_ms: int


@dataclass(frozen=True, slots=True)
class ConfirmedSession:
    """`age_ms` is how long the gateway had seen this session when it looked: at least so old is it."""

    subject: str
    public_address: str
    underlay_address: str
    client: int
    age_ms: int
    earlier: tuple[EarlierSession, ...]

    def other_places(self) -> tuple[str, ...]:
        """The addresses at which another machine must have been that bears the same name; mostly none.

        Two machines take turns: the one before was live when this one came, or a place was left and come back to. A
        machine that moves once, as with a router's new address after a power cut, is one machine.
        """
        stays = [*(one.public_address for one in self.earlier), self.public_address]
        returned = [one for one in self.earlier if one.ended_ms_ago <= RETURN_MS]
        places = [*(one.public_address for one in returned), self.public_address]
        changes = [places[0], *(after for before, after in pairwise(places) if after != before)]
        if len(changes) > len(set(changes)):
            others = set(changes)
        else:
            others = {
                one.public_address
                for one, after in zip(self.earlier, stays[1:], strict=True)
                if after != one.public_address and one.quiet_ms <= LIVE_MS
            }
        return tuple(sorted(others - {self.public_address}))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is known of the request's own tunnel, from a look that its gateway took after the request had come.

    `connection_ms` is how old the request's connection was at most when the gateway looked.
    """

    answered: bool
    session: ConfirmedSession | None
    connection_ms: int

    def carried_the_request(self, address: str) -> bool:
        """Whether the session that holds `address` was there before the request's connection began.

        Then nobody but this session's box can have sent the request: OpenVPN takes packets from an address from no
        other, and who brought up a tunnel in between would have ended this session.
        """
        session = self.session
        return session is not None and session.underlay_address == address and session.age_ms > self.connection_ms

    @property
    def public_address(self) -> str | None:
        return self.session.public_address if self.session else None


NOT_ASKED = Confirmation(answered=False, session=None, connection_ms=0)


def parse_answers(data: object) -> Iterator[tuple[int, list[dict[str, Any]] | None]]:
    """(number, sessions) of each answer, checked: None where the gateway could not see. Raises MalformedReport."""
    for item in items_of(object_of(data, "answers"), "answers", lambda item: object_of(item, "answer"), most=256):
        if item.get("sessions") is None:
            yield whole_of(item, "number"), None
        else:
            # What is kept is what was understood: nothing else that a gateway sends grows the database.
            yield (
                whole_of(item, "number"),
                [asdict(one) for one in items_of(item, "sessions", _session, most=MOST_SESSIONS)],
            )


def find_session(sessions: Iterable[dict[str, Any]] | None, subject: str) -> ConfirmedSession | None:
    """In a stored answer. Raises MalformedReport."""
    found = next((item for item in sessions or () if item.get("subject") == subject), None)
    return _session(found) if found else None


def _session(item: object) -> ConfirmedSession:
    fields = object_of(item, "session")
    return ConfirmedSession(
        subject=subject_of(fields.get("subject")),
        public_address=address_of(fields, "public_address"),
        underlay_address=address_of(fields, "underlay_address"),
        client=whole_of(fields, "client"),
        age_ms=whole_of(fields, "age_ms"),
        earlier=items_of(fields, "earlier", _earlier, most=MOST_EARLIER),
    )


def _earlier(item: object) -> EarlierSession:
    fields = object_of(item, "earlier session")
    return EarlierSession(
        public_address=address_of(fields, "public_address"),
        ended_ms_ago=whole_of(fields, "ended_ms_ago"),
        quiet_ms=whole_of(fields, "quiet_ms"),
    )
