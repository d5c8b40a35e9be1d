"""A table as it stands in a file, before anybody knows what its columns mean. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError


class Line(NamedTuple):
    """A row, with the number that a spreadsheet shows beside it."""

    number: int
    cells: list[str]


class Table(NamedTuple):
    """`name` is that of the sheet, empty in a file of text. The lines are read as they are asked for."""

    name: str
    lines: Iterator[Line]


class Unreadable(ValidationError):
    """The file cannot be read at all, or not to its end; the message says what to do about it."""
