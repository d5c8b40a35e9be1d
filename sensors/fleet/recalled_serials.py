"""The part of what a gateway knows as revoked that one call tells (docs/contracts.md). Pure."""

from typing import Any, NamedTuple

from sensors.fleet.reported_fields import MalformedReport, items_of, serial_of, truth_of, whole_of

# With at most as many serial numbers each: what one gateway can store by them is bounded.
MOST_PARTS = 20
MOST_SERIALS = 100_000


class RecalledPart(NamedTuple):
    recall: int
    part: int
    is_last: bool
    serials: tuple[str, ...]


def parse_recalled_serials(body: dict[str, Any]) -> RecalledPart:
    """Raises MalformedReport."""
    part = whole_of(body, "part")
    if part >= MOST_PARTS:
        raise MalformedReport(f"part must be below {MOST_PARTS}")
    serials = items_of(body, "serials", lambda item: serial_of({"serial": item}), most=MOST_SERIALS)
    return RecalledPart(whole_of(body, "recall"), part, truth_of(body, "is_last"), serials)
