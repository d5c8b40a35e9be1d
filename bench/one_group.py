"""`python -m bench.one_group NAME`: one group in this process, its rows on standard output."""

import importlib
import json
import os
import signal
import sys

from bench.run import Run


def main() -> int:
    """Started by `python -m bench`, which made the database."""
    name, common = sys.argv[1], json.loads(sys.argv[2])
    # As Ctrl-C does: so that everything that was started is ended.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run = Run(
        database_url=os.environ["NSMAAS_BENCH_DATABASE"],
        broker_url=os.environ["NSMAAS_BENCH_REDIS"],
        quick="--quick" in sys.argv[3:],
    )
    for row in importlib.import_module(f"bench.groups.{name}").measure(run):
        print(row.to_line(common), flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
