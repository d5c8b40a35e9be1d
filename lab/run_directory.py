"""One temporary directory per run, which also records what must be cleared away if the run dies."""

import os
import shutil
import signal
import stat
import tempfile
from pathlib import Path

PREFIX = "nsm-lab-"


def process_started_at(pid: int) -> str | None:
    """Return the start of a process in clock ticks since boot, or None if there is no such process.

    A process id alone is used again sooner or later; together with this it names one process (proc(5)).
    """
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = line.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


class RunDirectory:
    """A fresh directory with subdirectories for logs and secrets; others may pass through but not look."""

    def __init__(self) -> None:
        """Make the directory and note who owns it."""
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.identifier = self.path.name.removeprefix(PREFIX)
        # OpenVPN and nginx drop root and must still reach their own files further down.
        self.path.chmod(0o711)
        _note(self.path / "owner", os.getpid())
        self.logs = self.subdirectory("logs", mode=0o700)

    def subdirectory(self, name: str, *, mode: int = 0o711) -> Path:
        """Make (if needed) and return a directory of this run."""
        path = self.path / name
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        return path

    def note_process(self, pid: int) -> None:
        """Record a process, so that the next run can end it if this one is killed."""
        _note(self.path / "processes", pid)

    def remove(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.path, ignore_errors=True)


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


def _note(path: Path, pid: int) -> None:
    with path.open("a") as file:
        file.write(f"{pid} {process_started_at(pid)}\n")


def _noted(path: Path) -> list[tuple[int, str]]:
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return []
    return [(int(pid), started) for pid, _, started in (line.partition(" ") for line in lines)]
