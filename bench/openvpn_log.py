"""What the gateway's OpenVPN itself says in its log of who came and who went."""

import re
from dataclasses import dataclass
from pathlib import Path

_CAME = re.compile(r"\[(s-[a-z2-7]{12})\] Peer Connection Initiated with \[AF_INET6?\]\S*:([0-9]+)")
_WENT = re.compile(r" (s-[a-z2-7]{12})/\S+ SIG\w+\[.*\] received, client-instance (?:exiting|restarting)")


@dataclass(frozen=True)
class OpenvpnLog:
    """The log of one server."""

    path: Path

    def ports(self) -> dict[str, int]:
        """The UDP port from which each box came last."""
        return {subject: int(port) for subject, port in _CAME.findall(self._text())}

    def came(self) -> list[str]:
        """One entry for each session that began."""
        return [subject for subject, _ in _CAME.findall(self._text())]

    def went(self) -> list[str]:
        """One entry for each session that ended."""
        return _WENT.findall(self._text())

    def _text(self) -> str:
        return self.path.read_text(errors="replace")
