"""`python -m portal.backups.fetch_wal`: a PostgreSQL that recovers calls this for each file (restore_command).

1 says that there is no such file, which ends the recovery. What is there and cannot be opened must not look like that:
above 125 PostgreSQL stops, and does not start (its documentation of restore_command).
"""

import argparse
import sys
from pathlib import Path

from pki.age import AgeFailed
from portal.backups.wal_files import NoSuchWal, WalRefused, open_wal

STOP = 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="fetch_wal", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", help="%%f of PostgreSQL's")
    parser.add_argument("to", type=Path, help="%%p of PostgreSQL's")
    parser.add_argument("--from", type=Path, required=True, dest="folder")
    parser.add_argument("--identity", type=Path, required=True, help="a file of age's with the secret key")
    given = parser.parse_args()
    try:
        given.to.write_bytes(open_wal(name=given.name, folder=given.folder, identity=given.identity))
    except NoSuchWal:
        return 1
    except (AgeFailed, OSError, WalRefused) as problem:
        sys.stderr.write(f"nsm-portal: {given.name} cannot be restored: {problem}\n")
        return STOP
    return 0


if __name__ == "__main__":
    sys.exit(main())
