"""How much processor time each program used: unlike a rate, it does not depend on what else the machine does."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class ProcessorTime:
    """Seconds used by running processes, in groups: `machines`, `nginx`, `postgres`, ..."""

    def __init__(self, groups: dict[str, list[int]]) -> None:
        """`groups` names the roots: the children, theirs too, count with them."""
        self._groups = groups
        self._before = self._read()

    def since(self) -> dict[str, float]:
        """Seconds since the object was made. Of a process that has ended meanwhile nothing is counted."""
        return {name: now - self._before[name] for name, now in self._read().items()}

    def _read(self) -> dict[str, float]:
        used, parents = {}, {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            pid = int(path.parent.name)
            parents[pid] = int(fields[1])
            used[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
        return {
            name: sum(seconds for pid, seconds in used.items() if _descends(pid, roots, parents))
            for name, roots in self._groups.items()
        }


def _descends(pid: int, roots: list[int], parents: dict[int, int]) -> bool:
    while pid > 1:
        if pid in roots:
            return True
        pid = parents.get(pid, 0)
    return False


def postgres_pid(data_directory: str) -> int:
    """The process id of the server that works in a directory (its postmaster.pid begins with it)."""
    return int(Path(data_directory, "postmaster.pid").read_text().split()[0])
