"""Message catalogues: read as people write them (.po), and written as programs read them (.mo).

Both forms are GNU gettext's (its manual, "The Format of PO Files" and "The Format of GNU MO Files"). Python alone is
needed: a checkout, a package's build and the tests call it, and none of them has to have gettext's own programs.

    python -m portal.catalogues FOLDER      writes FOLDER/LANGUAGE/LC_MESSAGES/django.mo beside each django.po
"""

import ast
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_MAGIC = 0x950412DE


class BrokenCatalogue(ValueError):
    """The message names the file and the line."""


@dataclass(slots=True)
class Message:
    """`line` is where it begins. The header is the one whose `text` is empty."""

    line: int
    text: str = ""
    plural: str = ""
    context: str = ""
    # By the number of the plural form; 0 alone where there is none.
    translations: dict[int, str] = field(default_factory=dict)
    is_fuzzy: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.text


def read_catalogue(file: Path) -> list[Message]:
    """In the order of the file. Raises BrokenCatalogue."""
    found = [message for block in _blocks(file) if (message := _message(file, block)) is not None]
    keys = [message.key for message in found]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise BrokenCatalogue(f"{file}: more than once: {sorted(twice)}")
    return found


def _blocks(file: Path) -> Iterator[list[tuple[int, str]]]:
    """Messages are kept apart by empty lines."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            block.append((number, line.strip()))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _message(file: Path, block: list[tuple[int, str]]) -> Message | None:
    """None for a block of remarks."""
    message = Message(line=block[0][0])
    parts: dict[str, str] = {}
    keyword = ""
    for number, line in block:
        if line.startswith("#"):
            message.is_fuzzy |= line.startswith("#,") and "fuzzy" in line
            continue
        if not line.startswith('"'):
            keyword, _, line = line.partition(" ")
            parts[keyword] = ""
        try:
            # The escapes of C's strings, as far as catalogues have them, are Python's.
            parts[keyword] += ast.literal_eval(line)
        except (KeyError, SyntaxError, TypeError, ValueError):
            raise BrokenCatalogue(f"{file}, line {number}: no text in quotes: {line}") from None
    if not parts:
        return None
    if "msgid" not in parts:
        raise BrokenCatalogue(f"{file}, line {message.line}: no msgid")
    message.text, message.plural = parts.pop("msgid"), parts.pop("msgid_plural", "")
    message.context = parts.pop("msgctxt", "")
    for keyword, text in parts.items():
        if keyword != "msgstr" and not (keyword.startswith("msgstr[") and keyword[7:-1].isdecimal()):
            raise BrokenCatalogue(f"{file}, line {message.line}: {keyword}")
        message.translations[0 if keyword == "msgstr" else int(keyword[7:-1])] = text
    return message


def compiled(messages: Iterable[Message]) -> bytes:
    """What is fuzzy or has no translation is left out, so that the English text is shown."""
    rows = sorted(
        (_original(message).encode(), "\0".join(text for _, text in sorted(message.translations.items())).encode())
        for message in messages
        if not message.is_fuzzy and any(message.translations.values())
    )
    table_of_translations = 28 + 8 * len(rows)
    end = table_of_translations + 8 * len(rows)
    tables, texts = [], b""
    for column in (0, 1):
        for row in rows:
            tables.append(struct.pack("<II", len(row[column]), end + len(texts)))
            texts += row[column] + b"\0"
    header = struct.pack("<7I", _MAGIC, 0, len(rows), 28, table_of_translations, 0, end)
    return header + b"".join(tables) + texts


def _original(message: Message) -> str:
    text = f"{message.context}\x04{message.text}" if message.context else message.text
    return f"{text}\0{message.plural}" if message.plural else text


def write_compiled(messages: Iterable[Message], file: Path) -> None:
    """Whole or not at all, also while others read it or write the same; what is there already is left alone."""
    content = compiled(messages)
    if file.exists() and file.read_bytes() == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(file)


def compile_catalogues(folder: Path) -> None:
    """Raises BrokenCatalogue."""
    for file in sorted(folder.glob("*/LC_MESSAGES/django.po")):
        write_compiled(read_catalogue(file), file.with_suffix(".mo"))


if __name__ == "__main__":
    try:
        compile_catalogues(Path(sys.argv[1]))
    except BrokenCatalogue as error:
        sys.exit(str(error))
