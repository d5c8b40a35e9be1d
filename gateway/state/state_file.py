"""The stored state on disk: state.json whole, and a journal of what has changed since.

A cut-off waits for the disk, so it writes what changed and not what exists. The journal names the state.json that it
continues: left over from a crash between the two, it is no part of the next one.
"""

import json
import logging
import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.atomic_files import read_if_there, sync_directory, write_atomically
from gateway.state.configuration_rules import ConfigurationRefused
from gateway.state.desired_state import SERIAL, SUBJECT, SensorEntry, StateRefused, parse_sensor
from gateway.state.gateway_config import GatewayConfig, config_as_json, parse_config
from gateway.state.stored_state import StoredState

log = logging.getLogger("gateway")

MOST_JOURNAL_LINES = 500
DAMAGE = (ValueError, TypeError, KeyError, AttributeError, RecursionError, StateRefused)


class StateFile:
    """Not for two processes at once; `run` holds a lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._journal = path.with_suffix(".journal")
        self._name: str | None = None
        self._lines = 0
        # What `load` had to do without, in words.
        self.lost: str | None = None

    def load(self) -> StoredState:
        """An empty state if there is none. Raises StateRefused for a file that is not one.

        A configuration that this agent does not take, such as another version's, is left out, and all is asked for
        again (generation 0): sensors, revocations and cuts that no report has told of are known all the same.
        """
        content = read_if_there(self._path)
        if content is None:
            if self._journal.exists():
                self.lost = f"{self._path.name} is gone; everything is asked for again"
            return StoredState()
        try:
            document = json.loads(content)
            state, name = _read_whole(document), str(document["name"])
            lines, whole = _read_journal(self._journal, name)
            for line in lines:
                state = _apply(state, line)
        except DAMAGE as error:
            raise StateRefused(f"{self._path.name} cannot be read: {type(error).__name__}") from error
        if state.config is None:
            state = replace(state, generation=0)
        # Nothing may be appended to a torn line: then the next save writes everything again.
        self._name, self._lines = (name if whole else None), len(lines)
        if not whole:
            self.lost = f"{self._journal.name} is torn after {len(lines)} lines; what came after is asked for again"
        return state

    def save(self, state: StoredState, *, changed: frozenset[str] | None) -> None:
        """`changed` None writes everything. Returns when it is on disk; raises OSError."""
        if changed is None or self._name is None:
            self._save_whole(state)
        else:
            self._append(state, changed)

    def tidy(self, state: StoredState) -> None:
        """For a quiet moment: makes one file of a long journal."""
        if self._lines > MOST_JOURNAL_LINES:
            self._save_whole(state)

    def _save_whole(self, state: StoredState) -> None:
        name = secrets.token_hex(8)
        document = {
            "name": name,
            "generation": state.generation,
            "config": config_as_json(state.config) if state.config else None,
            "sensors": [_entry_as_json(entry) for entry in state.entries.values()],
            "revoked": sorted(state.revoked),
            "unreported_cuts": dict(state.unreported_cuts),
            "void_until": dict(state.void_until),
        }
        self._name = None
        write_atomically(self._path, _as_bytes(document), mode=0o600)
        self._journal.unlink(missing_ok=True)
        self._name, self._lines = name, 0

    def _append(self, state: StoredState, changed: frozenset[str]) -> None:
        line = {
            "name": self._name,
            "generation": state.generation,
            "sensors": [_entry_as_json(state.entries[one]) for one in sorted(changed & state.entries.keys())],
            "unreported_cuts": dict(state.unreported_cuts),
            "void_until": {one: state.void_until[one] for one in changed if one in state.void_until},
        }
        fresh = not self._journal.exists()
        descriptor = os.open(self._journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_as_bytes(line) + b"\n")
                file.flush()
                os.fsync(descriptor)
        except OSError:
            # A line may stand there torn: the next save writes everything again.
            self._name = None
            raise
        if fresh:
            sync_directory(self._journal.parent)
        self._lines += 1


def _as_bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def _entry_as_json(entry: SensorEntry) -> dict[str, object]:
    """Spelt out, since dataclasses.asdict takes ten times as long."""
    return {
        "subject": entry.subject,
        "generation": entry.generation,
        "address": entry.address,
        "allowed": entry.allowed,
        "client_config": entry.client_config,
        "serials": entry.serials,
        "revoked_serials": entry.revoked_serials,
    }


def _read_config(value: object) -> GatewayConfig | None:
    try:
        return None if value is None else parse_config(value)
    except ConfigurationRefused as error:
        log.warning("the stored configuration is not taken, and asked for again: %s", error)
        return None


def _read_whole(document: dict[str, Any]) -> StoredState:
    entries = [parse_sensor(item) for item in document["sensors"]]
    return StoredState(
        generation=int(document["generation"]),
        config=_read_config(document["config"]),
        entries={entry.subject: entry for entry in entries},
        revoked=frozenset(serial for serial in document["revoked"] if SERIAL.fullmatch(serial)),
        unreported_cuts=_counts(document["unreported_cuts"]),
        void_until=_counts(document["void_until"]),
    )


def _read_journal(path: Path, name: str) -> tuple[list[dict[str, Any]], bool]:
    """The lines up to one that is torn or of another state.json, and whether these are all.

    A torn line was being written when the power went, so nothing had relied on it yet.
    """
    *texts, rest = (read_if_there(path) or b"").split(b"\n")
    lines: list[dict[str, Any]] = []
    for text in texts:
        try:
            line = json.loads(text)
        except ValueError:
            return lines, False
        if line.get("name") != name:
            return lines, False
        lines.append(line)
    return lines, not rest


def _apply(state: StoredState, line: dict[str, Any]) -> StoredState:
    entries = {entry.subject: entry for entry in map(parse_sensor, line["sensors"])}
    return replace(
        state,
        generation=int(line["generation"]),
        entries={**state.entries, **entries},
        revoked=state.revoked.union(*(entry.revoked_serials for entry in entries.values())),
        unreported_cuts=_counts(line["unreported_cuts"]),
        void_until={**state.void_until, **_counts(line["void_until"])},
    )


def _counts(value: dict[str, int]) -> dict[str, int]:
    return {subject: int(count) for subject, count in value.items() if SUBJECT.fullmatch(subject)}
