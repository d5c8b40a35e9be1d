"""`python -m bench.peers GROUP`: the peers' rows for one group. A peer that is not installed is named on stderr."""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.peers import django_ca, easy_rsa, mandos, tang
from bench.rows import Row


@dataclass(frozen=True)
class Peer:
    """`needs` says by which file each Debian package is known to be there."""

    needs: Mapping[str, Path]
    measure: Callable[..., Iterator[Row]]


PEERS = {
    "issue_certificate": (Peer(easy_rsa.NEEDS, easy_rsa.issue), Peer({}, django_ca.issue)),
    "crl": (Peer(easy_rsa.NEEDS, easy_rsa.crl), Peer({}, django_ca.crl)),
    "disk_key": (Peer(tang.NEEDS, tang.measure), Peer(mandos.NEEDS, mandos.measure)),
}


def main() -> int:
    """Started by `python -m bench --peers`."""
    group, common, quick = sys.argv[1], json.loads(sys.argv[2]), "--quick" in sys.argv[3:]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for peer in PEERS[group]:
        if missing := [package for package, file in peer.needs.items() if not file.exists()]:
            print(f"bench: left out, since these Debian packages are missing: {', '.join(missing)}", file=sys.stderr)
            continue
        for row in peer.measure(quick=quick):
            print(row.to_line(common), flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
