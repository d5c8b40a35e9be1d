"""What the columns of an import are called, which kind of row has which, and the template to download. Pure."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from sensors.onboarding.limits import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS
from sensors.onboarding.lines import Line, Table, Unreadable


class Kind(StrEnum):
    SITE = "site"
    PERSON = "person"
    BOX = "box"


class Column(StrEnum):
    """As it is written at the head of a column."""

    KIND = "kind"
    SITE = "site"
    NETWORKS = "expected networks"
    NAME = "name"
    EMAIL = "e-mail"
    PHONE = "phone"
    ROLE = "role"
    REASON = "reason"
    GATEWAY = "gateway"
    LINE = "line"
    DESCRIPTION = "description"
    SERIAL = "serial number"


_ALSO = {
    "sites": Column.SITE,
    "networks": Column.NETWORKS,
    "expected network": Column.NETWORKS,
    "host name": Column.NAME,
    "hostname": Column.NAME,
    "email": Column.EMAIL,
    "e-mail address": Column.EMAIL,
    "email address": Column.EMAIL,
    "telephone": Column.PHONE,
    "security onion": Column.LINE,
    "serial": Column.SERIAL,
}
OF_KIND: dict[Kind, tuple[Column, ...]] = {
    Kind.SITE: (Column.SITE, Column.NETWORKS),
    Kind.PERSON: (Column.NAME, Column.EMAIL, Column.PHONE, Column.ROLE, Column.REASON),
    Kind.BOX: (Column.SITE, Column.NAME, Column.DESCRIPTION, Column.SERIAL, Column.GATEWAY, Column.LINE),
}
# A sheet of this name needs no column that says of which kind its rows are.
SHEETS = {Kind.SITE: "Sites", Kind.PERSON: "People", Kind.BOX: "Boxes"}
_KIND_WORDS = {
    **{kind.value: kind for kind in Kind},
    **{name.casefold(): kind for kind, name in SHEETS.items()},
    "sensor": Kind.BOX,
    "sensors": Kind.BOX,
}
EXAMPLES: dict[Kind, tuple[dict[Column, str], ...]] = {
    Kind.SITE: ({Column.SITE: "Quay 7", Column.NETWORKS: "203.0.113.0/28"},),
    Kind.PERSON: (
        {
            Column.NAME: "Anna Example",
            Column.EMAIL: "anna@example.org",
            Column.PHONE: "+44 20 7946 0190",
            Column.ROLE: "contact",
        },
    ),
    Kind.BOX: (
        {
            Column.SITE: "Quay 7",
            Column.NAME: "quay7-rack2",
            Column.DESCRIPTION: "grey box in rack 2, top",
            Column.SERIAL: "SN-4471",
        },
    ),
}


class Fault(NamedTuple):
    """What is wrong, where, and how to mend it."""

    sheet: str
    row: int
    column: str
    words: str

    @property
    def place(self) -> str:
        return place(self.sheet, self.row)


def place(sheet: str, row: int) -> str:
    return f"{sheet}, row {row}" if sheet else f"row {row}"


@dataclass(slots=True)
class Row:
    """One row with its meaning. A column that is not there, or empty, gives an empty text."""

    sheet: str
    number: int
    kind: Kind
    cells: dict[Column, str] = field(default_factory=dict)

    def __getitem__(self, column: Column) -> str:
        return self.cells.get(column, "")

    def fault(self, column: str, words: str) -> Fault:
        return Fault(self.sheet, self.number, column, words)


def rows_of(tables: Iterator[Table], faults: list[Fault], notes: list[str]) -> Iterator[Row]:
    """In their order. What cannot be a row is appended to `faults`. Raises Unreadable."""
    count = 0
    for table in tables:
        lines = (line for line in table.lines if any(cell.strip() for cell in line.cells))
        head = next(lines, None)
        if head is None:
            continue
        of_sheet = _KIND_WORDS.get(table.name.strip().casefold())
        columns = _columns(head, table.name)
        if of_sheet is None and Column.KIND not in columns:
            if not table.name:
                raise Unreadable("The file has no column 'kind', which says of each row: site, person or box.")
            notes.append(f"The sheet '{table.name[:40]}' was left out: it is none of {', '.join(SHEETS.values())}.")
            continue
        for line in lines:
            count += 1
            if count > MOST_ROWS:
                raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Split it into several.")
            if row := _row(line, table.name, columns, of_sheet, faults):
                yield row
    if not count:
        raise Unreadable("The file has no rows: only the first one is there, or not even that.")


def _columns(head: Line, sheet: str) -> list[Column | None]:
    if len(head.cells) > MOST_COLUMNS and any(head.cells[MOST_COLUMNS:]):
        raise Unreadable(f"The first row has more than {MOST_COLUMNS} columns. Start from the template.")
    found: list[Column | None] = []
    for cell in head.cells[:MOST_COLUMNS]:
        name = " ".join(cell.replace("_", " ").split()).casefold()
        column = _ALSO.get(name) or (Column(name) if name in set(Column) else None)
        if name and not column and (not sheet or sheet.strip().casefold() in _KIND_WORDS):
            raise Unreadable(
                f"There is no column '{name[:40]}'. The columns are: {', '.join(Column)}. Nothing else may stand there."
            )
        if column and column in found:
            raise Unreadable(f"The column '{column}' is there twice. Leave one out.")
        found.append(column)
    return found


def _row(
    line: Line, sheet: str, columns: list[Column | None], of_sheet: Kind | None, faults: list[Fault]
) -> Row | None:
    cells: dict[Column, str] = {}
    before = len(faults)
    for number, text in enumerate(line.cells):
        text = unicodedata.normalize("NFC", text.strip())
        if not text:
            continue
        column = columns[number] if number < len(columns) else None
        if column is None:
            words = (
                "A value stands here, in a column without a heading. Remove it, or name the column in the first row."
            )
            faults.append(Fault(sheet, line.number, f"column {number + 1}", words))
            break
        if len(text) > LONGEST_CELL:
            faults.append(Fault(sheet, line.number, column, f"The text is longer than {LONGEST_CELL} characters."))
        cells[column] = text
    told = cells.pop(Column.KIND, "")
    kind = _KIND_WORDS.get(told.casefold()) if told else of_sheet
    if kind is None:
        words = f"'{told[:40]}' is no kind of row. Write site, person or box." if told else "Write site, person or box."
        faults.append(Fault(sheet, line.number, Column.KIND, words))
        return None
    if kind is Kind.SITE and Column.SITE not in cells and Column.NAME in cells:
        cells[Column.SITE] = cells.pop(Column.NAME)
    row = Row(sheet, line.number, kind, cells)
    for column in cells.keys() - set(OF_KIND[kind]):
        faults.append(
            row.fault(column, f"A {kind} has no {column}. Leave it empty, or see whether the row is shifted.")
        )
    return row if len(faults) == before else None
