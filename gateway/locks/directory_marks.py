"""Whether ccd/ and crl/ are still as the agent has left them: a look that costs the same for any fleet."""

from dataclasses import dataclass
from pathlib import Path

from gateway.agent_directory import AgentDirectory


@dataclass(frozen=True, slots=True)
class _Mark:
    """One directory and the time of the last entry made, removed or renamed in it."""

    device: int
    inode: int
    changed_ns: int


DirectoryMarks = tuple[_Mark | None, _Mark | None]


def read_marks(directory: AgentDirectory) -> DirectoryMarks:
    """None for one that is not there, or that is no directory."""
    return (_mark(directory.ccd), _mark(directory.crl))


def _mark(path: Path) -> _Mark | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return _Mark(status.st_dev, status.st_ino, status.st_mtime_ns)
