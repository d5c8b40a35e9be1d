"""`python -m portal.backups.archive_wal`: PostgreSQL calls it for each file of WAL, as its user (archive_command).

It ends with 0 only once the file is safe. Otherwise with 1: PostgreSQL keeps the file and asks again, for ever.
"""

import argparse
import shlex
import signal
import sys
from pathlib import Path
from types import FrameType

from pki.age import AgeFailed
from portal.backups.shipping import PATIENCE, ShippingFailed, ship
from portal.backups.wal_files import WalRefused, seal_wal

MODULE = "portal.backups.archive_wal"


def main() -> int:
    parser = argparse.ArgumentParser(prog="archive_wal", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, help="%%p of PostgreSQL's")
    parser.add_argument("name", help="%%f of PostgreSQL's")
    parser.add_argument("--to", type=Path, required=True, help="the folder")
    parser.add_argument("--recipients", type=Path, required=True, help="a file of age's: one public key a line")
    parser.add_argument("--ship-with", type=Path, help="called with the path of the encrypted file")
    given = parser.parse_args()
    # One that hangs is never counted as failed by PostgreSQL, and nobody would hear of it.
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(PATIENCE + 60)
    try:
        file = seal_wal(source=given.source, name=given.name, folder=given.to, recipients=given.recipients)
        ship(file, program=given.ship_with)
    except (AgeFailed, OSError, ShippingFailed, WalRefused) as problem:
        sys.stderr.write(f"nsm-portal: {given.name} was not archived: {problem}\n")
        return 1
    return 0


def folder_of(archive_command: str) -> Path | None:
    """Where PostgreSQL archives to, by its own setting; None if that is no command of ours."""
    words = shlex.split(archive_command)
    if MODULE not in words or "--to" not in words:
        return None
    return Path(words[words.index("--to") + 1])


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError("it took too long")


if __name__ == "__main__":
    sys.exit(main())
