"""Clearing away what a run left that was killed before it could do so itself."""

import os
import shutil
import signal
import stat
import tempfile
from pathlib import Path

from lab.namespaces import destroy_namespaces
from lab.run_directory import PREFIX, namespace_prefix, process_started_at


def clear_abandoned_runs() -> None:
    """End the processes and remove the namespaces and directories of runs whose owner is gone."""
    for path in abandoned_runs():
        end_processes_of(path)
        if os.geteuid() == 0:
            destroy_namespaces(namespace_prefix(path))
        shutil.rmtree(path, ignore_errors=True)


def abandoned_runs() -> list[Path]:
    """Return the directories of runs of this user whose owner is gone."""
    found = []
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # Anybody can make a directory in /tmp: only our own records are believed.
        if not _is_own_directory(path):
            continue
        owners = _noted(path / "owner")
        if owners and not any(process_started_at(pid) == started for pid, started in owners):
            found.append(path)
    return found


def end_processes_of(abandoned: Path) -> None:
    """Kill what an abandoned run left running, each with the children that share its process group."""
    for pid, started in _noted(abandoned / "processes"):
        if process_started_at(pid) == started:
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _is_own_directory(path: Path) -> bool:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


def _noted(path: Path) -> list[tuple[int, str]]:
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return []
    return [(int(pid), started) for pid, _, started in (line.partition(" ") for line in lines)]
