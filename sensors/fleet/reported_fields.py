"""Reading the fields of what a gateway tells: each checked, or the whole is refused by its name. Pure."""

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from sensors.subjects import SUBJECT

MAX_ITEMS = 200_000
T = TypeVar("T")


class MalformedReport(ValueError):
    """What was told does not have the form of the contract; the message names the place."""


def clean_text(value: object, longest: int) -> str:
    """Text from a log, fit to store and show: what a forged name smuggled in becomes visible as U+FFFD."""
    if not isinstance(value, str):
        raise MalformedReport("a text is not a string")
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in value[:longest]
    )


def items_of(
    fields: dict[str, Any], name: str, parse: Callable[[object], T], *, most: int = MAX_ITEMS
) -> tuple[T, ...]:
    value = fields.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise MalformedReport(f"{name} must be a list of at most {most} items")
    return tuple(parse(item) for item in value)


def object_of(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedReport(f"{name} must be an object")
    return value


def whole_of(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise MalformedReport(f"{name} must be a whole number from 0 to 2^63-1")
    return value


def truth_of(fields: dict[str, Any], name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise MalformedReport(f"{name} must be true or false")
    return value


def serial_of(fields: dict[str, Any]) -> str:
    value = fields.get("serial")
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 49:
        raise MalformedReport("serial must be a string of decimal digits")
    return value


def subject_of(value: object) -> str:
    if not isinstance(value, str) or not SUBJECT.match(value):
        raise MalformedReport("subject is not a machine's name")
    return value


def address_of(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    try:
        # ip_address also takes whole numbers and IPv6 zones, which no column of addresses does: only plain text here.
        return str(ipaddress.ip_address(value if isinstance(value, str) and "%" not in value else ""))
    except ValueError:
        raise MalformedReport(f"{name} must be an IP address") from None


def time_of(fields: dict[str, Any], name: str) -> datetime:
    try:
        value = datetime.fromisoformat(fields[name])
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise MalformedReport(f"{name} must be a time such as 2026-01-01T00:00:00Z") from None
