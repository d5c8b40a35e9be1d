"""What a gateway reports (docs/contracts.md), checked and turned into plain facts. No database, no network."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sensors.subjects import SUBJECT

MAX_ITEMS = 200_000
MAX_LINE = 2_000
T = TypeVar("T")


class MalformedReport(ValueError):
    """The report does not have the form of the contract; the message names the place."""


@dataclass(frozen=True, slots=True)
class SessionUp:
    subject: str
    public_address: str
    underlay_address: str
    since: datetime
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
    report = _object(data, "report")
    sessions = _object(report.get("sessions"), "sessions")
    return Report(
        sequence=_whole(report, "sequence"),
        generation=_whole(report, "generation"),
        agent_version=clean_text(report.get("agent_version", ""), 40),
        openvpn_version=clean_text(report.get("openvpn_version", ""), 80),
        sessions_are_complete=_truth(sessions, "full"),
        up=_items(sessions, "up", _session),
        down=_items(sessions, "down", _subject),
        cuts=_items(report, "cuts", _cut),
        sightings=_items(report, "sightings", _sighting),
        problems=_items(report, "problems", _problem),
    )


def _session(item: object) -> SessionUp:
    fields = _object(item, "session")
    return SessionUp(
        subject=_subject(fields.get("subject")),
        public_address=_address(fields, "public_address"),
        underlay_address=_address(fields, "underlay_address"),
        since=_time(fields, "since"),
        bytes_received=_whole(fields, "bytes_received"),
        bytes_sent=_whole(fields, "bytes_sent"),
    )


def _cut(item: object) -> Cut:
    fields = _object(item, "cut")
    return Cut(
        subject=_subject(fields.get("subject")),
        generation=_whole(fields, "generation"),
        session_gone=_truth(fields, "session_gone"),
        firewall_closed=_truth(fields, "firewall_closed"),
        serials_blocked=_truth(fields, "serials_blocked"),
        client_config_removed=_truth(fields, "client_config_removed"),
        took_ms=_whole(fields, "took_ms"),
    )


def _sighting(item: object) -> Sighted:
    fields = _object(item, "sighting")
    serial = fields.get("serial")
    if not isinstance(serial, str) or not serial.isascii() or not serial.isdigit() or len(serial) > 49:
        raise MalformedReport("sighting: serial must be a string of decimal digits")
    return Sighted(
        serial=serial,
        source=_address(fields, "source"),
        at=_time(fields, "at"),
        line=clean_text(fields.get("line", ""), MAX_LINE),
    )


def _problem(item: object) -> Problem:
    fields = _object(item, "problem")
    return Problem(code=clean_text(fields.get("code", ""), 60), detail=clean_text(fields.get("detail", ""), 300))


def clean_text(value: object, longest: int) -> str:
    """Text from a log, fit to store and show: what a forged name smuggled in becomes visible as U+FFFD."""
    if not isinstance(value, str):
        raise MalformedReport("a text is not a string")
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in value[:longest]
    )


def _items(fields: dict[str, Any], name: str, parse: Callable[[object], T]) -> tuple[T, ...]:
    value = fields.get(name)
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise MalformedReport(f"{name} must be a list of at most {MAX_ITEMS} items")
    return tuple(parse(item) for item in value)


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedReport(f"{name} must be an object")
    return value


def _whole(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise MalformedReport(f"{name} must be a whole number from 0 to 2^63-1")
    return value


def _truth(fields: dict[str, Any], name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise MalformedReport(f"{name} must be true or false")
    return value


def _subject(value: object) -> str:
    if not isinstance(value, str) or not SUBJECT.match(value):
        raise MalformedReport("subject is not a machine's name")
    return value


def _address(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    try:
        # ip_address also takes whole numbers and IPv6 zones, which no column of addresses does: only plain text here.
        return str(ipaddress.ip_address(value if isinstance(value, str) and "%" not in value else ""))
    except ValueError:
        raise MalformedReport(f"{name} must be an IP address") from None


def _time(fields: dict[str, Any], name: str) -> datetime:
    try:
        value = datetime.fromisoformat(fields[name])
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise MalformedReport(f"{name} must be a time such as 2026-01-01T00:00:00Z") from None
