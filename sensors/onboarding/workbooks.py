"""Tables in a workbook of Excel or LibreOffice (ECMA-376, .xlsx), read as a stream. Pure.

A reader of our own: one of a library builds a whole row, and all of a small file, in memory before anybody can say that
it is too much. Here nothing is unpacked that was not counted, and no entity is ever expanded.
"""

import re
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.parsers import expat

from sensors.onboarding.limits import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ELEMENTS,
    MOST_FILES_IN_WORKBOOK,
    MOST_UNPACKED_BYTES,
)
from sensors.onboarding.lines import Line, Table, Unreadable

_CHUNK = 64 * 1024
_DEEPEST = 32
# A tag is taken in whole. Those of spreadsheets have a few hundred bytes.
_LONGEST_TAG = 2 * _CHUNK
_PLACE = re.compile(r"\A([A-Z]{1,3})[0-9]+\Z")
_TOO_LARGE = "The workbook is too large when unpacked. Leave pictures and other sheets out, or save it as CSV."
_BROKEN = "The workbook is damaged, or none. Open it in a spreadsheet and save it again as .xlsx, or as CSV."


def workbook_tables(file: IO[bytes]) -> Iterator[Table]:
    """The sheets that can be seen. Raises Unreadable, also while lines are read."""
    with _in_our_words(), zipfile.ZipFile(file) as folder:
        yield from _Workbook(folder).tables()


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    # What `zipfile` raises for a file that is not there, encrypted, or packed in a way that it does not know.
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, EOFError, RuntimeError, KeyError):
        raise Unreadable(_BROKEN) from None


class _Workbook:
    def __init__(self, folder: zipfile.ZipFile) -> None:
        self._folder = folder
        self._left = MOST_UNPACKED_BYTES
        self._elements_left = MOST_ELEMENTS
        files = folder.infolist()
        if len(files) > MOST_FILES_IN_WORKBOOK:
            raise Unreadable(_TOO_LARGE)

    def tables(self) -> Iterator[Table]:
        parts = _Relations()
        self._feed("xl/_rels/workbook.xml.rels", parts)
        sheets = _Sheets()
        self._feed("xl/workbook.xml", sheets)
        shared = _SharedTexts()
        for path in parts.of_kind("/sharedStrings"):
            self._feed(path, shared)
        for name, key in sheets.found:
            sheet = parts.paths.get(key, "")
            if sheet.startswith("xl/worksheets/"):
                yield Table(name, self._lines(sheet, shared.texts))

    def _lines(self, path: str, shared: list[str]) -> Iterator[Line]:
        rows = _Rows(shared)
        for _ in self._chunks_into(path, rows):
            while rows.ready:
                yield rows.ready.popleft()

    def _feed(self, path: str, handler: "_Handler") -> None:
        for _ in self._chunks_into(path, handler):
            pass

    def _chunks_into(self, path: str, handler: "_Handler") -> Iterator[None]:
        """Read piece by piece: what a file claims of its size is not believed."""
        parser, fed = handler.parser(), 0
        with _in_our_words(), self._folder.open(path) as file:
            while chunk := file.read(_CHUNK):
                fed += len(chunk)
                self._left -= len(chunk)
                if self._left < 0:
                    raise Unreadable(_TOO_LARGE)
                before = handler.elements
                parser.Parse(chunk, False)
                self._elements_left -= handler.elements - before
                if self._elements_left < 0:
                    raise Unreadable(_TOO_LARGE)
                if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                    raise Unreadable(_BROKEN)
                yield
            parser.Parse(b"", True)
        yield


class _Handler:
    """Elements by their names without namespaces, of which there are two (transitional and strict)."""

    elements = 0
    _depth = 0

    def parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse  # or a few bytes could stand for gigabytes
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self.text
        return parser

    def _started(self, name: str, given: dict[str, str]) -> None:
        self.elements += 1
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable(_BROKEN)
        self.start(_local(name), {_local(key): value for key, value in given.items()})

    def _ended(self, name: str) -> None:
        self._depth -= 1
        self.end(_local(name))

    @staticmethod
    def _refuse(*_declaration: object) -> None:
        raise Unreadable(_BROKEN)

    def start(self, name: str, given: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


class _Relations(_Handler):
    """What the parts of the workbook are called, and where they lie."""

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}
        self._kinds: dict[str, str] = {}

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "Relationship" and given.get("TargetMode") != "External":
            target = given.get("Target", "")
            key = given.get("Id", "")
            self.paths[key] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            self._kinds[key] = given.get("Type", "")

    def of_kind(self, ending: str) -> list[str]:
        return [self.paths[key] for key, kind in self._kinds.items() if kind.endswith(ending)][:1]


class _Sheets(_Handler):
    """Names and keys of the sheets, without those that nobody sees."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "sheet" and given.get("state", "visible") == "visible":
            self.found.append((given.get("name", ""), given.get("id", "")))


class _Texts(_Handler):
    """Collects what stands in `t`, without the reading aids of East Asian texts."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._aids = 0
        self._reads = False

    def start(self, name: str, given: dict[str, str]) -> None:  # noqa: ARG002  # a handler's
        self._aids += name == "rPh"
        self._reads = name == "t" and not self._aids

    def end(self, name: str) -> None:
        self._aids -= name == "rPh"
        self._reads = False

    def text(self, text: str) -> None:
        # A character more than may be, so that it is seen that it was too long.
        if self._reads and self._length <= LONGEST_CELL:
            self._pieces.append(text[: LONGEST_CELL + 1 - self._length])
            self._length += len(self._pieces[-1])

    def taken(self) -> str:
        text = "".join(self._pieces)
        self._pieces, self._length = [], 0
        return text


class _SharedTexts(_Texts):
    """The texts to which cells refer by their number."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.texts.append(self.taken())


class _Rows(_Texts):
    """The rows of a sheet. Of a formula its result counts, as the spreadsheet shows it; without one its own text."""

    def __init__(self, shared: list[str]) -> None:
        super().__init__()
        self.ready: deque[Line] = deque()
        self._shared = shared
        self._number = 0
        self._cells: list[str] = []
        self._column = 0
        self._kind = self._formula = self._value = ""

    def start(self, name: str, given: dict[str, str]) -> None:
        super().start(name, given)
        if name == "row":
            self._number = int(text) if (text := given.get("r", "")).isdecimal() and len(text) < 8 else self._number + 1
            self._cells, self._column = [], 0
        elif name == "c":
            place = _PLACE.match(given.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            self._kind = given.get("t", "n")
            self._formula = self._value = ""
        elif name in {"v", "f"}:
            self._reads = True

    def end(self, name: str) -> None:
        super().end(name)
        if name == "v":
            self._value = self.taken()
        elif name == "f":
            self._formula = self.taken()
        elif name == "c":
            self._put(self._cell(self.taken()))
        elif name == "row":
            self.ready.append(Line(self._number, self._cells))

    def _cell(self, inline: str) -> str:
        if self._kind == "inlineStr":
            return inline
        if self._kind == "s":
            number = int(self._value) if self._value.isdecimal() and len(self._value) < 9 else len(self._shared)
            if number >= len(self._shared):
                raise Unreadable(_BROKEN)
            return self._shared[number]
        if not self._value and self._formula:
            return f"={self._formula}"
        if self._kind == "b":
            return "TRUE" if self._value == "1" else "FALSE"
        return self._value.removesuffix(".0") if self._kind == "n" else self._value

    def _put(self, text: str) -> None:
        if not text:
            return
        if self._column > MOST_COLUMNS:
            raise Unreadable(f"Row {self._number} has more than {MOST_COLUMNS} columns. Start from the template.")
        self._cells += [""] * (self._column - len(self._cells) - 1)
        # Out of its order, or twice, only in a file that no spreadsheet has written.
        if len(self._cells) >= self._column:
            raise Unreadable(_BROKEN)
        self._cells.append(text)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
