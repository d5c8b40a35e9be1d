"""`python -m lab`: the demonstration, or the portal alone for development."""

import argparse
import sys
from pathlib import Path

from lab.demo import run_demo


def main() -> int:
    """Read the arguments and run what they name."""
    parser = argparse.ArgumentParser(prog="script/demo", description="The whole story, until Ctrl-C.")
    parser.add_argument("--port", type=int, default=8000, help="the people's door on 127.0.0.1 (or the next free one)")
    parser.add_argument("--keep-logs", type=Path, metavar="DIR", help="copy the logs there at the end")
    parser.add_argument("--report", action="store_true", help="also report a1 stolen, as its contact would by hand")
    parser.add_argument(
        "--postgres",
        action="store_true",
        help="on a throw-away PostgreSQL, where each process has a role of its own; without: on SQLite, which has none",
    )
    # Of that PostgreSQL, which script/demo starts.
    parser.add_argument("--database-url", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    return run_demo(
        people_port=arguments.port,
        keep_logs=arguments.keep_logs,
        report=arguments.report,
        database_url=arguments.database_url,
    )


if __name__ == "__main__":
    sys.exit(main())
