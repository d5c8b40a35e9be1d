"""Tables in text: RFC 4180, and what spreadsheets make of it (semicolons, tabulators, Windows-1252). Pure."""

import csv
import io
from collections.abc import Iterator

from sensors.onboarding.lines import Line, Unreadable

# In the order in which they win where a first line fits several equally well.
SEPARATORS = (",", ";", "\t")
_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", ""),
    (b"\x00\x00\xfe\xff", ""),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SAVE_AS = "Save it as 'CSV UTF-8', or as .xlsx."


def decode(content: bytes) -> tuple[str, str]:
    """The text, and what to tell of how it was read. Raises Unreadable."""
    mark = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    if mark == "":
        raise Unreadable(f"The file is in UTF-32, which is not read here. {_SAVE_AS}")
    try:
        text, note = content.decode(mark or "utf-8"), ""
    except UnicodeDecodeError:
        if mark:
            raise Unreadable(f"The file begins as {mark} and is not. {_SAVE_AS}") from None
        text, note = _western(content)
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(f"Line {row} holds a NUL: this is no file of text, or one in an unknown encoding. {_SAVE_AS}")
    return text, note


def _western(content: bytes) -> tuple[str, str]:
    """What older programs write. Any bytes would do, nearly: so it is said, and somebody looks."""
    if b"\0" in content:
        raise Unreadable(f"The file is in an unknown encoding. {_SAVE_AS}")
    try:
        text = content.decode("windows-1252")
    except UnicodeDecodeError:
        raise Unreadable(f"The file is neither in UTF-8 nor in Windows-1252. {_SAVE_AS}") from None
    return text, "The file is not in UTF-8 and was read as Windows-1252. Look at names with accents before you confirm."


def text_lines(text: str) -> Iterator[Line]:
    """Raises Unreadable where quotes do not end."""
    text, separator, first = _separator_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = first
    try:
        for number, cells in enumerate(reader, start=first):
            yield Line(number, cells)
    except csv.Error:
        raise Unreadable(
            f"Something is wrong with the quotes after row {number}: a text in quotes ends with one, and one inside it "
            'is written twice ("").'
        ) from None


def _separator_of(text: str) -> tuple[str, str, int]:
    """What is left to read, what stands between its cells, and the number of its first row."""
    head, _, rest = text.partition("\n")
    told = head.rstrip("\r").strip('" ').casefold()
    if told.startswith("sep=") and len(told) == 5:  # a line that Excel writes and reads
        return rest, told[-1], 2
    return text, max(SEPARATORS, key=head.count), 1
