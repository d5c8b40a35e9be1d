"""Live sessions, as `status 3` lists them, and what has changed since they were last reported. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.openvpn.management_events import ClientRow
from gateway.rfc3339 import as_rfc3339
from gateway.state.desired_state import SUBJECT
from gateway.state.stored_state import StoredState

# Each OpenVPN counts its clients from zero. Those of the one that listens by TCP are told with this added, so that a
# number says one session of the whole host.
FIRST_TCP_CLIENT = 2**40


@dataclass(frozen=True, slots=True)
class Session:
    """One sensor's live session; `since` is Unix time, when its handshake began."""

    subject: str
    public_address: str
    underlay_address: str
    since: int
    # OpenVPN's number for it: the session's identity for as long as OpenVPN runs. See FIRST_TCP_CLIENT.
    client: int
    # Of the certificate it rests on; None for one that was there before the agent.
    serial: str | None
    bytes_received: int
    bytes_sent: int

    @property
    def is_by_tcp(self) -> bool:
        return self.client >= FIRST_TCP_CLIENT

    def is_same(self, other: "Session | None") -> bool:
        """Counters move on their own; they go with the snapshots."""
        return other is not None and self._told_of() == other._told_of()

    def _told_of(self) -> tuple[object, ...]:
        return (self.client, self.public_address, self.since, self.serial, self.underlay_address, self.subject)

    def as_json(self) -> dict[str, object]:
        return {
            "subject": self.subject,
            "public_address": self.public_address,
            "underlay_address": self.underlay_address,
            "since": as_rfc3339(self.since),
            "client": self.client,
            "serial": self.serial,
            "bytes_received": self.bytes_received,
            "bytes_sent": self.bytes_sent,
        }


def read_sessions(
    rows: Iterable[ClientRow], serials: Mapping[int, str], *, first_client: int = 0
) -> dict[str, Session]:
    """Rows of machines that have a virtual address: only those can pass traffic.

    Of two rows of one machine the later client holds the address: OpenVPN counts them up, and clocks may be set back.
    """
    return {
        row.common_name: Session(
            row.common_name,
            row.public_address,
            row.virtual_address,
            row.since,
            first_client + row.client,
            serials.get(row.client),
            row.bytes_received,
            row.bytes_sent,
        )
        for row in sorted(rows, key=lambda row: row.client)
        if row.virtual_address and row.public_address and SUBJECT.fullmatch(row.common_name)
    }


def live_names(rows: Iterable[ClientRow]) -> frozenset[str]:
    """Every name with a virtual address, also where the rest of its row is odd."""
    return frozenset(row.common_name for row in rows if row.virtual_address)


def choose_to_kill(rows: Iterable[ClientRow], state: StoredState, serials: Mapping[int, str]) -> list[ClientRow]:
    """Sessions that must not be: of a sensor not allowed, or of one allowed that may rest on a revoked certificate."""
    return [row for row in rows if row.virtual_address and _must_go(row, state, serials.get(row.client))]


def _must_go(row: ClientRow, state: StoredState, serial: str | None) -> bool:
    if not state.is_allowed(row.common_name):
        return True
    if serial is not None:
        return serial in state.revoked
    # OpenVPN sets `since` before it checks the certificate, so a later session has passed the new check.
    return row.since <= state.void_until.get(row.common_name, -1)


def kill_command(row: ClientRow) -> str:
    """By name where the name is one of ours; any other text must not become part of a command."""
    return f"kill {row.common_name}" if SUBJECT.fullmatch(row.common_name) else f"client-kill {row.client}"


def changed_sessions(now: Mapping[str, Session], before: Mapping[str, Session]) -> tuple[list[Session], list[str]]:
    """(up, down)"""
    up = [session for subject, session in now.items() if not session.is_same(before.get(subject))]
    return up, sorted(set(before) - set(now))
