"""The table of who may do what, read from `tests/access/tables`. It is written by hand: it is the decision."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver

from tests.support.checkout import CHECKOUT

# Boxes ask these without an account: no session of a person counts there, so nothing can be sent in one's name.
ASKED_BY_BOXES = {"/api/v1/enrol", "/api/v1/time"}

ACTORS = (
    "administrator", "operator", "auditor",  # the provider's staff
    "manager", "contact", "viewer",  # of the customer whose objects are `ours`
    "stranger",  # contact of the customer whose objects are `theirs`
    "sensor", "gateway", "box", "nobody",  # a certificate, a certificate, an enrolment code, nothing
)  # fmt: skip
GROUPS = (3, 3, 1, 4)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FOLDER = CHECKOUT / "tests" / "access" / "tables"


class MalformedTable(ValueError):
    """A line that cannot be read; the message holds it."""


@dataclass(frozen=True)
class Row:
    methods: tuple[str, ...]
    path: str  # with {ours}, {theirs} and {none} for an object; what follows a # names the body that is sent
    expected: dict[str, int]  # by actor


def read_table(name: str) -> list[Row]:
    """A line: methods, path, statuses in four groups: staff | ours | stranger | without a session.

    One status in a group stands for all of it, one group for everybody. A line `for A B C:` repeats the indented lines
    that follow for each of the words, in place of `*`.
    """
    rows: list[Row] = []
    words: list[str] = [""]
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("for "):
            words = line.removeprefix("for ").rstrip(":").split()
        elif line.startswith(" "):
            rows += [_row(line.replace("*", word)) for word in words]
        else:
            rows.append(_row(line))
    return rows


def _row(line: str) -> Row:
    methods, path, statuses = line.split(None, 2)
    every = tuple(METHODS) if methods == "any" else tuple(methods.split(","))
    groups = [[int(each) for each in group.split()] for group in statuses.split("|")]
    if len(groups) == 1:
        groups *= len(GROUPS)
    if len(groups) != len(GROUPS):
        raise MalformedTable(line)
    expected: list[int] = []
    for group, size in zip(groups, GROUPS, strict=True):
        if len(group) not in {1, size}:
            raise MalformedTable(line)
        expected += group * (size if len(group) == 1 else 1)
    return Row(every, path, dict(zip(ACTORS, expected, strict=True)))


PEOPLES_TABLES = ("pages", "rest", "accounts", "admin")


def cells(rows: list[Row]) -> Iterator[tuple[str, str, dict[str, int]]]:
    for row in rows:
        for method in row.methods:
            yield method, row.path, row.expected


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")  # as Django puts them together in a match
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern, route)
