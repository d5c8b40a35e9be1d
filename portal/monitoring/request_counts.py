"""How many requests a door has answered and how long each took, carried from its processes to the monitor's by files.

Each process writes a file of its own into its unit's folder in /run, which goes when the unit is stopped. So a door
asks no database for it, and the monitor reads nothing else of a door.
"""

import json
import os
import re
import stat
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Upper ends in seconds. The last one has none.
BUCKETS = (0.01, 0.05, 0.25, 1.0, 5.0, 30.0)
UNKNOWN = "unknown"
_SECONDS_BETWEEN = 5.0
_NAME = re.compile(r"requests-(\d{1,10})\.json")
_LABEL = re.compile(r"[ -~]{1,200}")
_STATUS = re.compile(r"[1-5]xx")
# A process of a door is believed about its door's own figures, and cannot fill the monitor's memory. For each door.
_LARGEST, _MOST_FILES, _MOST_SERIES = 512 * 1024, 32, 2000

Series = tuple[str, str, str]  # door, call, class of the status


@dataclass
class Durations:
    """In seconds; `buckets` has one more than `BUCKETS`, each without those before it."""

    total: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))

    def add(self, other: "Durations") -> None:
        self.total += other.total
        self.buckets = [mine + others for mine, others in zip(self.buckets, other.buckets, strict=True)]


class RequestCounts:
    """One for a process. `folder` is None where nobody reads it: then nothing is counted."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], Durations] = {}
        self._written_at = float("-inf")

    def note(self, call: str, status: int, seconds: float) -> None:
        """Once in five seconds it writes the file; a disk that is full stops no request."""
        if self._folder is None:
            return
        with self._lock:
            found = self._counts.setdefault((call, f"{status // 100}xx"), Durations())
            found.total += seconds
            found.buckets[bisect_left(BUCKETS, seconds)] += 1
            if time.monotonic() - self._written_at < _SECONDS_BETWEEN:
                return
            self._written_at = time.monotonic()
            text = json.dumps([[*key, one.total, one.buckets] for key, one in self._counts.items()])
        self._write(self._folder / f"requests-{os.getpid()}.json", text)

    def _write(self, path: Path, text: str) -> None:
        unfinished = path.with_suffix(f".{threading.get_ident()}")
        try:
            unfinished.write_text(text, encoding="utf-8")
            unfinished.chmod(0o644)
            unfinished.rename(path)
        except OSError:
            unfinished.unlink(missing_ok=True)


def read_request_counts(folders: Mapping[str, Path]) -> dict[Series, Durations]:
    """By door, of all its processes since its unit was started. What is no such file is left out."""
    return {
        (door, *key): durations for door, folder in folders.items() for key, durations in _of_one_door(folder).items()
    }


def _of_one_door(folder: Path) -> dict[tuple[str, str], Durations]:
    """Each door has its own share: what one writes takes no other's figures away."""
    found: dict[tuple[str, str], Durations] = {}
    for path in _files(folder):
        for call, status, durations in _read(path):
            if len(found) < _MOST_SERIES or (call, status) in found:
                found.setdefault((call, status), Durations()).add(durations)
    return found


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))[-_MOST_FILES:]
    except OSError:
        return []  # the door does not run


def _read(path: Path) -> Iterator[tuple[str, str, Durations]]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as handle:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return
            text = handle.read(_LARGEST + 1)
        rows = json.loads(text) if len(text) <= _LARGEST else []
    except (OSError, ValueError, RecursionError):
        return
    for row in rows if isinstance(rows, list) else []:
        match row:
            case [str(call), str(status), int() | float() as total, [*buckets]] if (
                _LABEL.fullmatch(call)
                and _STATUS.fullmatch(status)
                and len(buckets) == len(BUCKETS) + 1
                and all(type(count) is int and 0 <= count < 2**53 for count in buckets)
                and 0 <= total < 2**53
            ):
                yield call, status, Durations(float(total), buckets)
