"""The running OpenVPN process, seen from outside. The agent never starts or restarts it."""

import os
import time
from pathlib import Path

# Process start times have the kernel's clock tick, file times its timer tick.
TOLERANCE_SECONDS = 0.5


def started_at(pid: int) -> float | None:
    """Unix time, or None when the process cannot be seen."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # proc(5): field 22; the name in field 2 may hold spaces and brackets.
    ticks = int(stat.rpartition(")")[2].split()[19])
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.time() - age


def needs_restart(pid: int, file: Path) -> bool:
    """Whether a file that it reads when it starts was changed after that; ours are only written when they change."""
    start = started_at(pid)
    try:
        changed = file.stat().st_mtime
    except FileNotFoundError:
        return False
    return start is not None and changed > start + TOLERANCE_SECONDS
