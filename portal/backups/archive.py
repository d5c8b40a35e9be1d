"""A backup as one stream of tar: the database in pieces, files, and last what all of it was, with digests.

It goes straight into age: no file of it is in the clear. Without its last member it is no backup.
"""

import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import IO

FORMAT = 1
_PIECE = 8 * 1024 * 1024
_MANIFEST = "manifest.json"
_DATABASE = "database."
_FILES = "settings/"


class ArchiveBroken(Exception):
    """It is not whole, or not one of ours. The text says what is wrong."""


@dataclass(frozen=True)
class Manifest:
    """`made_at` is when the database was begun to be read (RFC 3339). `digests` are SHA-256 of members, in hex."""

    made_at: str
    vendor: str
    migrations: tuple[str, ...]
    key_encryption_keys: tuple[str, ...]
    digests: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True)
class Member:
    """`name` is None for a piece of the database, else a file's path below the settings."""

    name: str | None
    mode: int
    content: bytes = field(repr=False)


class ArchiveWriter:
    def __init__(self, to: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=to, mode="w|")  # noqa: SIM115  # closed by `finish`
        self._digests: dict[str, str] = {}
        self._pieces = 0

    def add_database(self, dump: IO[bytes]) -> None:
        while piece := _read_piece(dump):
            self._add(f"{_DATABASE}{self._pieces:06}", piece, 0o600)
            self._pieces += 1

    def add_file(self, name: str, content: bytes, mode: int) -> None:
        self._add(f"{_FILES}{name}", content, mode)

    def finish(self, *, made_at: str, vendor: str, migrations: Sequence[str], keys: Sequence[str]) -> None:
        manifest = Manifest(made_at, vendor, tuple(migrations), tuple(keys), self._digests)
        self._add(_MANIFEST, json.dumps(asdict(manifest)).encode(), 0o600)
        self._tar.close()

    def _add(self, name: str, content: bytes, mode: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), mode
        self._digests[name] = sha256(content).hexdigest()
        self._tar.addfile(member, io.BytesIO(content))


def read_archive(source: IO[bytes]) -> Iterator[Member | Manifest]:
    """The members in their order, the manifest last. Raises ArchiveBroken, perhaps only at the end: use nothing before.

    Every path is relative and stays below its folder.
    """
    found: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            for entry in tar:
                file = tar.extractfile(entry) if entry.isfile() else None
                if file is None:
                    raise ArchiveBroken(f"It holds something that is no file: {entry.name!r}.")
                content = file.read()
                if entry.name == _MANIFEST:
                    yield _manifest(content, found)
                    return
                found[entry.name] = sha256(content).hexdigest()
                yield Member(_path(entry.name), entry.mode & 0o777, content)
    except tarfile.TarError as error:
        raise ArchiveBroken(f"It cannot be read: {error}.") from None
    raise ArchiveBroken("It has no end: it was cut off while it was made, or since.")


def _manifest(content: bytes, found: dict[str, str]) -> Manifest:
    try:
        data = json.loads(content)
        lists = {name: tuple(data[name]) for name in ("migrations", "key_encryption_keys")}
        manifest = Manifest(**{**data, **lists})
    except (ValueError, TypeError, KeyError):
        raise ArchiveBroken("What it says of itself cannot be read.") from None
    if manifest.format != FORMAT:
        raise ArchiveBroken(f"It has the format {manifest.format!r}; this program reads {FORMAT}.")
    if manifest.digests != found:
        raise ArchiveBroken("It does not hold what it says.")
    return manifest


def _path(name: str) -> str | None:
    if name.startswith(_DATABASE):
        return None
    parts = name.removeprefix(_FILES).split("/")
    if not name.startswith(_FILES) or any(part in {"", ".", ".."} for part in parts):
        raise ArchiveBroken(f"It holds a path that is none of ours: {name!r}.")
    return "/".join(parts)


def _read_piece(dump: IO[bytes]) -> bytes:
    """As much as there is of it: a pipe gives less than it is asked for."""
    parts, left = list[bytes](), _PIECE
    while left and (part := dump.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
