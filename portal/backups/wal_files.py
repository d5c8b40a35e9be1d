"""PostgreSQL's log of all changes (WAL), file by file in a folder: compressed, then encrypted by age.

Each is called NAME.DIGEST.wal, with the SHA-256 of what PostgreSQL gave: age's output is another each time, so only
this tells whether a file that is there already is the same.
"""

import gzip
import os
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from pki.age import decrypting, encrypting
from portal.backups.durable import put_in_place, sync

SUFFIX = ".wal"
UNFINISHED = ".unfinished"
# Segments, and what PostgreSQL archives beside them: https://www.postgresql.org/docs/15/continuous-archiving.html
_NAME = re.compile(r"[0-9A-F]{24}(\.[0-9A-F]{8}\.backup|\.partial)?|[0-9A-F]{8}\.history")
_SEGMENT = re.compile(r"[0-9A-F]{24}")
_SEALED_SEGMENT = re.compile(r"([0-9A-F]{24})\.[0-9a-f]{64}\.wal")


class WalRefused(Exception):
    """The text says why, and what to do."""


class NoSuchWal(Exception):
    """PostgreSQL asks for the one after the last, too: this is how it learns that there is no more."""


def seal_wal(*, source: Path, name: str, folder: Path, recipients: Path) -> Path:
    """Where it lies, for good, once this returns. Raises WalRefused, AgeFailed, OSError; it may be done again."""
    content = source.read_bytes()
    file = folder / f"{_good(name)}.{sha256(content).hexdigest()}{SUFFIX}"
    if others := [path for path in _sealed(folder, name) if path != file]:
        raise WalRefused(
            f"{others[0]} is there already, with another content: another PostgreSQL writes to this folder, or has."
        )
    if not file.exists():
        unfinished = folder / f".{name}.{os.getpid()}{UNFINISHED}"
        try:
            with encrypting(recipients=recipients, to=unfinished) as stream:
                # The same each time; level 1, since a segment that was ended early is mostly zeros.
                stream.write(gzip.compress(content, compresslevel=1, mtime=0))
            put_in_place(unfinished, file)
        finally:
            unfinished.unlink(missing_ok=True)
    # Of one that an earlier run put there the name may not have reached the disk.
    sync(folder)
    return file


def open_wal(*, name: str, folder: Path, identity: Path) -> bytes:
    """What PostgreSQL gave. Raises NoSuchWal; WalRefused and AgeFailed for one that is there and is not good.

    OSError and WalRefused also where the folder is away: then nothing is known of what is in it.
    """
    files = _sealed(folder, _good(name))
    if not files and not any(folder.iterdir()):
        raise WalRefused(f"{folder} is empty: is its disk mounted?")
    if not files:
        raise NoSuchWal(name)
    if len(files) > 1:
        raise WalRefused(f"{folder} holds two different files {name}: {files[0].name} and {files[1].name}.")
    try:
        with decrypting(identity=identity, file=files[0]) as stream:
            content = gzip.decompress(stream.read())
    except (gzip.BadGzipFile, EOFError):
        raise WalRefused(f"{files[0]} is broken.") from None
    if sha256(content).hexdigest() != files[0].name.removeprefix(f"{name}.").removesuffix(SUFFIX):
        raise WalRefused(f"{files[0]} does not hold what its name says.")
    return content


def missing_segments(folder: Path, *, since: str, per_log: int) -> list[str]:
    """The first of each gap after the segment `since`: there PostgreSQL would end, as if it were the last."""
    there = sorted({_number(name, per_log) for name in segments(folder) if name[8:] >= since[8:]})
    first = _number(since, per_log)
    gaps = [left + 1 for left, right in zip([first - 1, *there], there, strict=False) if right != left + 1]
    return [f"{number // per_log:08X}{number % per_log:08X}" for number in gaps]


def segments(folder: Path) -> Iterable[str]:
    """Whole ones: neither a `.partial` nor the note of a copy."""
    return (found[1] for path in folder.glob(f"*{SUFFIX}") if (found := _SEALED_SEGMENT.fullmatch(path.name)))


def older_than(folder: Path, segment: str) -> list[Path]:
    """What no base backup from this segment on needs. A history of timelines is small, and kept."""
    return [path for path in folder.glob(f"*{SUFFIX}") if _SEGMENT.match(path.name) and path.name[8:24] < segment[8:24]]


def _sealed(folder: Path, name: str) -> list[Path]:
    return sorted(path for path in folder.glob(f"{name}.*{SUFFIX}") if len(path.name) == len(f"{name}.{SUFFIX}") + 64)


def _good(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise WalRefused(f"{name!r} is no name of a file of WAL.")
    return name


def _number(segment: str, per_log: int) -> int:
    """Without the timeline: a restored server goes on in another, where the one before ended."""
    return int(segment[8:16], 16) * per_log + int(segment[16:24], 16)
