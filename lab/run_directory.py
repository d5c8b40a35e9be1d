"""One temporary directory per run, which also records what must be cleared away if the run dies."""

import os
import shutil
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


def namespace_prefix(path: Path) -> str:
    """Return what the names of a run's namespaces begin with."""
    return f"nsm-{path.name.removeprefix(PREFIX)}-"


class RunDirectory:
    """A fresh directory with subdirectories for logs and secrets; others may pass through but not look."""

    def __init__(self) -> None:
        """Make the directory and note who owns it."""
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        # OpenVPN and nginx drop root and must still reach their own files further down.
        self.path.chmod(0o711)
        _note(self.path / "owner", os.getpid())
        self.logs = self.subdirectory("logs", mode=0o700)

    @property
    def namespace_prefix(self) -> str:
        """What the names of this run's namespaces begin with."""
        return namespace_prefix(self.path)

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


def _note(path: Path, pid: int) -> None:
    with path.open("a") as file:
        file.write(f"{pid} {process_started_at(pid)}\n")
