"""ccd/: one file per allowed sensor. With `ccd-exclusive`, no file means no entry, so this lock fails closed."""

import contextlib
import os
from pathlib import Path

from gateway.atomic_files import read_if_there, sync_directory, write_atomically
from gateway.state.desired_state import SUBJECT
from gateway.state.stored_state import StoredState


def sync_client_configs(directory: Path, state: StoredState, *, changed: frozenset[str] | None) -> None:
    """`changed` None means all, and removes every file of a sensor that is not listed."""
    subjects = frozenset(state.entries) | _present(directory) if changed is None else changed
    removed = [subject for subject in subjects if not state.is_allowed(subject)]
    for subject in removed:
        with contextlib.suppress(FileNotFoundError):
            (directory / subject).unlink()
    for subject in subjects.difference(removed):
        _write(directory / subject, state.entries[subject].client_config or "")
    # A removal must survive a power cut; a lost new file is written again at the next start.
    sync_directory(directory)


def _present(directory: Path) -> frozenset[str]:
    return frozenset(name for name in os.listdir(directory) if SUBJECT.fullmatch(name))


def _write(path: Path, text: str) -> None:
    content = text.encode()
    if read_if_there(path) != content:
        write_atomically(path, content, mode=0o644, durable=False)
    elif path.stat().st_mode & 0o7777 != 0o644:
        os.chmod(path, 0o644)
