"""What a gateway's host forwards besides the underlay: nothing, unless its own administrator has written it down.

The file `other-forwarding` in the agent's directory is this host's own: neither the portal nor the agent writes it.
"""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from gateway.state.openvpn_directives import DIRECTIVES, TCP_DIRECTIVES

# Of boxes that come by UDP, and of those that come by TCP. Rules name both, whether the second is there or not.
TUNNEL, TCP_TUNNEL = TUNNELS = (DIRECTIVES["dev"], TCP_DIRECTIVES["dev"])
ANY = "*"
# What nft takes between quotes without a meaning of its own. The kernel allows 15 bytes.
INTERFACE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@:-]{0,14}")
MOST_BYTES = 64 * 1024


class OtherForwardingRefused(Exception):
    """The file is not taken, so nothing else is forwarded; the text says how to mend it."""


@dataclass(frozen=True, slots=True)
class Way:
    """New connections may come in at one interface and leave at the other, and their answers come back. "*" is any."""

    incoming: str
    outgoing: str


def read_other_forwarding(path: Path) -> tuple[Way, ...]:
    """Nothing without a file. Raises OtherForwardingRefused: one bad line and no line counts."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise OtherForwardingRefused(f"{path.name} cannot be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise OtherForwardingRefused(
                f"{path.name} must be a file of the agent's own user that nobody else may write"
            )
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OtherForwardingRefused(f"{path.name} is longer than {MOST_BYTES} bytes")
    return parse_other_forwarding(content, name=path.name)


def parse_other_forwarding(content: bytes, *, name: str) -> tuple[Way, ...]:
    """Raises OtherForwardingRefused."""
    ways = []
    for number, line in enumerate(content.decode("ascii", errors="replace").split("\n"), start=1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        if len(words) != 2 or not all(word == ANY or INTERFACE.fullmatch(word) for word in words):
            raise OtherForwardingRefused(f"{name} line {number} must say: INCOMING-INTERFACE OUTGOING-INTERFACE")
        for tunnel in TUNNELS:
            if tunnel in words:
                raise OtherForwardingRefused(
                    f"{name} line {number}: what goes through {tunnel} is not for this file to open"
                )
        ways.append(Way(*words))
    return tuple(ways)
