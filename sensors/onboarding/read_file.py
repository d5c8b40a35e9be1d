"""An uploaded file as tables: what it is, is seen by what it holds, and has to be what its name says. Pure."""

import hashlib
from collections.abc import Iterator
from typing import IO

from sensors.onboarding.limits import MOST_BYTES
from sensors.onboarding.lines import Table, Unreadable
from sensors.onboarding.text_files import decode, text_lines
from sensors.onboarding.workbooks import workbook_tables

_ZIP = b"PK"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_file(file: IO[bytes], name: str, notes: list[str]) -> tuple[Iterator[Table], str]:
    """Its tables, and its SHA-256. Appends to `notes` what somebody should know of how it was read.

    Raises Unreadable, also while the tables are read.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MiB. Split it.")
    if not content.strip():
        raise Unreadable("The file is empty.")
    file.seek(0)
    return _tables(file, content, name, notes), hashlib.sha256(content).hexdigest()


def _tables(file: IO[bytes], content: bytes, name: str, notes: list[str]) -> Iterator[Table]:
    ending = name.rpartition(".")[2].casefold()
    if content.startswith(_OLD_EXCEL):
        raise Unreadable("This is a workbook of an old Excel, or one with a password. Save it as .xlsx or as CSV.")
    if ending == "xlsx":
        if not content.startswith(_ZIP):
            raise Unreadable("The file is named .xlsx but is no workbook. If it is text, name it .csv.")
        return workbook_tables(file)
    if ending not in {"csv", "txt", "tsv"}:
        raise Unreadable("Choose a file whose name ends in .csv or .xlsx.")
    if content.startswith(_ZIP):
        raise Unreadable(f"The file is named .{ending} but is no text. If it is a workbook, name it .xlsx.")
    text, note = decode(content)
    if note:
        notes.append(note)
    return iter([Table("", text_lines(text))])
