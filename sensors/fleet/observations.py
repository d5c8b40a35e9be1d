"""What a gateway reports (docs/contracts.md), checked and turned into plain facts. No database, no network."""

from dataclasses import dataclass
from datetime import datetime

from sensors.fleet.reported_fields import (
    address_of,
    clean_text,
    items_of,
    object_of,
    serial_of,
    subject_of,
    time_of,
    truth_of,
    whole_of,
)

MAX_LINE = 400
# An agent tells of a hundred at a time.
MAX_SIGHTINGS = 1_000
MAX_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class SessionUp:
    subject: str
    public_address: str
    underlay_address: str
    since: datetime
    client: int
    serial: str
    bytes_received: int
    bytes_sent: int


@dataclass(frozen=True, slots=True)
class Cut:
    subject: str
    generation: int
    session_gone: bool
    firewall_closed: bool
    serials_blocked: bool
    client_config_removed: bool
    took_ms: int


@dataclass(frozen=True, slots=True)
class Sighted:
    serial: str
    source: str
    at: datetime
    line: str


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    sequence: int
    generation: int
    agent_version: str
    openvpn_version: str
    sessions_are_complete: bool
    up: tuple[SessionUp, ...]
    down: tuple[str, ...]
    cuts: tuple[Cut, ...]
    sightings: tuple[Sighted, ...]
    problems: tuple[Problem, ...]


def parse_report(data: object) -> Report:
    """Raises MalformedReport; never half of a report."""
    report = object_of(data, "report")
    sessions = object_of(report.get("sessions"), "sessions")
    return Report(
        sequence=whole_of(report, "sequence"),
        generation=whole_of(report, "generation"),
        agent_version=clean_text(report.get("agent_version", ""), 40),
        openvpn_version=clean_text(report.get("openvpn_version", ""), 80),
        sessions_are_complete=truth_of(sessions, "full"),
        up=items_of(sessions, "up", _session),
        down=items_of(sessions, "down", subject_of),
        cuts=items_of(report, "cuts", _cut),
        sightings=items_of(report, "sightings", _sighting, most=MAX_SIGHTINGS),
        problems=items_of(report, "problems", _problem, most=MAX_PROBLEMS),
    )


def _session(item: object) -> SessionUp:
    fields = object_of(item, "session")
    return SessionUp(
        subject=subject_of(fields.get("subject")),
        public_address=address_of(fields, "public_address"),
        underlay_address=address_of(fields, "underlay_address"),
        since=time_of(fields, "since"),
        client=whole_of(fields, "client"),
        serial="" if fields.get("serial", "") is None else serial_of(fields),
        bytes_received=whole_of(fields, "bytes_received"),
        bytes_sent=whole_of(fields, "bytes_sent"),
    )


def _cut(item: object) -> Cut:
    fields = object_of(item, "cut")
    return Cut(
        subject=subject_of(fields.get("subject")),
        generation=whole_of(fields, "generation"),
        session_gone=truth_of(fields, "session_gone"),
        firewall_closed=truth_of(fields, "firewall_closed"),
        serials_blocked=truth_of(fields, "serials_blocked"),
        client_config_removed=truth_of(fields, "client_config_removed"),
        took_ms=whole_of(fields, "took_ms"),
    )


def _sighting(item: object) -> Sighted:
    fields = object_of(item, "sighting")
    return Sighted(
        serial=serial_of(fields),
        source=address_of(fields, "source"),
        at=time_of(fields, "at"),
        line=clean_text(fields.get("line", ""), MAX_LINE),
    )


def _problem(item: object) -> Problem:
    fields = object_of(item, "problem")
    return Problem(code=clean_text(fields.get("code", ""), 60), detail=clean_text(fields.get("detail", ""), 300))
