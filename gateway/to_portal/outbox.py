"""What must still reach the portal: the report sequence and the sightings, in a small file of their own.

It is written at every report, so it is kept apart from the state, which grows with the number of sensors.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gateway.atomic_files import read_if_there, write_atomically
from gateway.state.desired_state import SERIAL

log = logging.getLogger("gateway.reports")

MOST_SIGHTINGS = 1000
# OpenVPN repeats up to 250 log lines to each program that attaches; these keys tell the repeated from the new.
REMEMBERED = 2000


@dataclass(frozen=True, slots=True)
class Sighting:
    """A refused certificate: somebody holds a cut-off box. `at` is RFC 3339."""

    serial: str
    source: str
    at: str
    line: str


Key = tuple[str, str, str]


def _key(sighting: Sighting) -> Key:
    return (sighting.serial, sighting.source, sighting.at)


@dataclass
class Outbox:
    """Bounded: the oldest sighting gives way, since the newest says where the box is now."""

    path: Path
    sequence: int = 0
    sightings: list[Sighting] = field(default_factory=list)
    seen: dict[Key, None] = field(default_factory=dict)
    problem: str | None = None

    def add_sighting(self, sighting: Sighting) -> bool:
        """False for one that is known: of one serial from one source, one per second is enough."""
        if _key(sighting) in self.seen:
            return False
        self.seen[_key(sighting)] = None
        if len(self.seen) > REMEMBERED:
            del self.seen[next(iter(self.seen))]
        self.sightings = [*self.sightings, sighting][-MOST_SIGHTINGS:]
        return True

    def drop_sightings(self, delivered: Sequence[Sighting]) -> None:
        keys = {_key(sighting) for sighting in delivered}
        if keys:
            self.sightings = [sighting for sighting in self.sightings if _key(sighting) not in keys]
            self.save()

    def next_sequence(self) -> int:
        """On disk before it is used, so that it is not sent twice."""
        self.sequence += 1
        self.save()
        return self.sequence

    def save(self) -> None:
        """A full disk must not silence the agent: should a number be sent twice, the portal says where it is."""
        document = {
            "sequence": self.sequence,
            "sightings": [asdict(sighting) for sighting in self.sightings],
            "seen": [list(key) for key in self.seen],
        }
        try:
            write_atomically(self.path, json.dumps(document, separators=(",", ":")).encode(), mode=0o600)
            self.problem = None
        except OSError as error:
            self.problem = f"{self.path.name}: {error.strerror}"


def load_outbox(path: Path) -> Outbox:
    """An unreadable file starts from nothing: the portal answers 409 and says which sequence it is at."""
    content = read_if_there(path)
    if content is None:
        return Outbox(path)
    try:
        return _read(path, json.loads(content))
    except (ValueError, TypeError, KeyError, RecursionError):
        lost = f"{path.name} was damaged: sightings that had not arrived are lost"
        log.warning(lost)
        # Until the next save, which comes with the first report: that tells of it.
        return Outbox(path, problem=lost)


def _read(path: Path, document: Any) -> Outbox:
    sightings = [Sighting(**item) for item in document["sightings"]]
    if any(not SERIAL.fullmatch(sighting.serial) for sighting in sightings):
        raise ValueError("a sighting without a serial number")
    seen = {(str(serial), str(source), str(at)): None for serial, source, at in document["seen"]}
    return Outbox(path, int(document["sequence"]), sightings, seen)
