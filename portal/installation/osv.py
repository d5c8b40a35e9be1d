"""One advisory in OSV's form, and whether it is about a version of a package of PyPI's. No file, no network.

https://ossf.github.io/osv-schema/ says what the fields mean. Fields that are not needed here are not looked at.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_ECOSYSTEM = "PyPI"
# By versions. GIT's are of commits, which nothing that is installed names.
_COMPARED = ("ECOSYSTEM", "SEMVER")
_KINDS = ("fixed", "last_affected", "limit", "introduced")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_LONGEST_VERSION, _LONGEST_SUMMARY, _MOST_ALIASES, _MOST_EVENTS, _MOST_VERSIONS = 100, 200, 100, 1000, 10_000


class NotOsv(ValueError):
    """The text is no advisory in OSV's form; the message says what is not."""


class CannotCompare(Exception):
    """The advisory gives no versions in an order that PEP 440 knows: somebody has to read it."""


@dataclass(frozen=True, slots=True)
class Affected:
    """One package of an advisory, with its name as PEP 503 normalises it. An event is its kind and its version."""

    name: str
    versions: tuple[str, ...]
    ranges: tuple[tuple[tuple[str, str], ...], ...]

    def as_osv(self) -> dict[str, Any]:
        ranges = [
            {"type": "ECOSYSTEM", "events": [{kind: version} for kind, version in events]} for events in self.ranges
        ]
        package = {"ecosystem": _ECOSYSTEM, "name": self.name}
        return {"package": package, "versions": list(self.versions), "ranges": ranges}


@dataclass(frozen=True, slots=True)
class Advisory:
    """What is needed of one. `affected` holds packages of PyPI's alone."""

    id: str
    modified: datetime
    is_withdrawn: bool
    aliases: frozenset[str]
    summary: str
    affected: tuple[Affected, ...]

    def as_osv(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "modified": f"{self.modified.replace(tzinfo=None).isoformat()}Z",
            "aliases": sorted(self.aliases),
            "summary": self.summary,
            "affected": [each.as_osv() for each in self.affected],
        }


def parse_advisory(text: bytes) -> Advisory:
    """Raises NotOsv."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise NotOsv("it is no JSON, or goes too deep") from None
    return advisory_of(given)


def advisory_of(given: object) -> Advisory:
    """The same of what was read from JSON. Raises NotOsv."""
    whole = _dictionary(given, "an advisory")
    affected = [_dictionary(each, "affected") for each in _list(whole, "affected")]
    return Advisory(
        id=_matching(_ID, whole.get("id"), "id"),
        modified=_moment(whole.get("modified"), "modified"),
        is_withdrawn=whole.get("withdrawn") is not None,
        aliases=frozenset(_matching(_ID, each, "aliases") for each in _list(whole, "aliases", most=_MOST_ALIASES)),
        summary=_summary(whole),
        affected=tuple(_affected(each) for each in affected if _is_of_pypi(each)),
    )


def harmless(text: str) -> str:
    """What others wrote ends no line, and is no order to a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def affects(affected: Affected, version: str) -> bool:
    """As the schema's section "Evaluation" has it, in the order of PEP 440. Raises CannotCompare."""
    ours = Version(version)
    if any(_is(ours, version, listed) for listed in affected.versions):
        return True
    if not affected.ranges:
        if affected.versions:
            return False
        raise CannotCompare("it names neither versions nor a range of them")
    return any(_holds(events, ours) for events in affected.ranges)


def mended_in(affected: Affected, version: str) -> str:
    """The lowest version that mends it and is above ours; empty if none is named."""
    ours = Version(version)
    fixes = [text for events in affected.ranges for kind, text in events if kind == "fixed"]
    above = [(fix, text) for text in fixes if (fix := _version(text)) and fix > ours]
    return min(above)[1] if above else ""


def _holds(events: tuple[tuple[str, str], ...], ours: Version) -> bool:
    ordered = sorted((_at(kind, text), _KINDS.index(kind), kind) for kind, text in events)
    limits = [at for at, _, kind in ordered if kind == "limit"]
    if limits and not any(ours < limit for limit in limits):
        return False
    inside = False
    for at, _, kind in ordered:
        if kind == "introduced" and ours >= at:
            inside = True
        elif (kind == "fixed" and ours >= at) or (kind == "last_affected" and ours > at):
            inside = False
    return inside


def _at(kind: str, text: str) -> Version:
    """Raises CannotCompare."""
    if kind == "introduced" and text == "0":
        return Version("0.dev0")  # before all others
    if kind == "limit" and text == "*":
        return Version("9999999!0")
    if (found := _version(text)) is None:
        raise CannotCompare(f"it has a version that PEP 440 does not order: {text}")
    return found


def _is(ours: Version, text: str, listed: str) -> bool:
    return listed == text or _version(listed) == ours


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _is_of_pypi(affected: dict[str, Any]) -> bool:
    """Without a package it is of commits alone, as those of C programs are."""
    package = affected.get("package")
    return package is not None and _dictionary(package, "package").get("ecosystem") == _ECOSYSTEM


def _affected(given: dict[str, Any]) -> Affected:
    ranges = [_dictionary(each, "ranges") for each in _list(given, "ranges")]
    return Affected(
        name=canonicalize_name(_text(given["package"].get("name"), "name")),
        versions=tuple(_text(each, "versions") for each in _list(given, "versions", most=_MOST_VERSIONS)),
        ranges=tuple(tuple(_events(each)) for each in ranges if each.get("type") in _COMPARED),
    )


def _events(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    events = [_dictionary(each, "events") for each in _list(given, "events", most=_MOST_EVENTS)]
    if not any("introduced" in event for event in events):
        raise NotOsv("a range begins nowhere")
    for event in events:
        if len(event) != 1 or not (event.keys() <= set(_KINDS)):
            raise NotOsv(f"an event is one of {', '.join(_KINDS)}")
        yield from ((kind, _text(version, "events")) for kind, version in event.items())


def _summary(given: dict[str, Any]) -> str:
    """The older ones of PyPI's have `details` alone, of which the first line says most."""
    for name in ("summary", "details"):
        text = given.get(name)
        if text is not None and not isinstance(text, str):
            raise NotOsv(f"{name} is no text")
        if text and (first := text.strip()[: 2 * _LONGEST_SUMMARY].partition("\n")[0]):
            return harmless(first[:_LONGEST_SUMMARY])
    return ""


def _dictionary(given: object, what: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise NotOsv(f"{what} is no object")
    return given


def _list(given: dict[str, Any], name: str, *, most: int = 0) -> list[Any]:
    """Empty if it is not there."""
    found = given.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise NotOsv(f"{name} is no list")
    if most and len(found) > most:
        raise NotOsv(f"{name} has more than {most}")
    return found


def _text(given: object, what: str) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= _LONGEST_VERSION or not given.isprintable():
        raise NotOsv(f"{what} has something that is no short text")
    return given


def _matching(form: re.Pattern[str], given: object, what: str) -> str:
    if not isinstance(given, str) or not form.fullmatch(given):
        raise NotOsv(f"{what} has another form")
    return given


def _moment(given: object, what: str) -> datetime:
    try:
        return datetime.fromisoformat(_matching(_MOMENT, given, what)).astimezone(UTC)
    except ValueError:
        raise NotOsv(f"{what} is no time of UTC's") from None
