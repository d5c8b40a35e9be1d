"""Whether OpenVPN listens at its management socket and serves somebody, seen in the kernel's list: no connection.

OpenVPN serves one at a time. Another that connects waits in its queue, also after having gone away again, until the
queue is full: then the agent, too, finds it closed.
"""

from enum import Enum
from pathlib import Path

SOCKETS = Path("/proc/net/unix")
# __SO_ACCEPTCON of linux/net.h; SS_CONNECTED.
LISTENS, CONNECTED = 0x10000, 3


class Management(Enum):
    """What the kernel's list says of a management socket."""

    ABSENT = "absent"
    IDLE = "idle"
    SERVES = "serves"


def read_management(path: Path) -> Management:
    """Raises OSError."""
    return find_management(SOCKETS.read_text(errors="replace"), path)


def find_management(listed: str, path: Path) -> Management:
    """OpenVPN is started with `--cd`, and the list has a name as it was given: whole, or the last part alone."""
    names = {str(path), path.name}
    found = Management.ABSENT
    for line in listed.splitlines()[1:]:
        cells = line.split(maxsplit=7)
        if len(cells) != 8 or cells[7] not in names:
            continue
        if int(cells[5], 16) == CONNECTED:
            return Management.SERVES
        if int(cells[3], 16) & LISTENS:
            found = Management.IDLE
    return found
