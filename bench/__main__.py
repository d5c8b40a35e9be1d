"""`python -m bench NAME...`: measures each group in a process and a database of its own. Started by script/bench."""

import argparse
import json
import os
import platform
import subprocess
import sys

from bench.databases import CHECKOUT, Databases
from bench.peers.ratios import ratio_rows

GROUPS = (
    "issue_certificate",
    "crl",
    "audit_verify",
    "pages",
    "disk_key",
    "gateway_state",
    "cut_off",
    "worst",
    "rotate_kek",
    "onboard",
)
# Of these, programs that others made do the same work, if they can be had here.
WITH_PEERS = ("issue_certificate", "crl", "disk_key")


def main() -> int:
    """Measure what was named; 1 if anything could not be measured."""
    options = _parser().parse_args()
    names = list(GROUPS) if "all" in options.names else list(dict.fromkeys(options.names))
    databases = Databases(os.environ["NSMAAS_BENCH_POSTGRES"])
    common: dict[str, object] = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **databases.facts(),
        **({"quick": True} if options.quick else {}),
    }
    jobs = [(name, "bench.one_group") for name in names]
    if options.peers:
        jobs += [(name, "bench.peers") for name in names if name in WITH_PEERS]
    figures: dict[str, float] = {}
    failed = []
    for name, module in jobs:
        if not _measure(name, module, databases, common, quick=options.quick, figures=figures):
            failed.append(name)
    for row in ratio_rows(figures):
        print(row.to_line(common), flush=True)
    if failed:
        print(f"bench: could not be measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _measure(
    name: str,
    module: str,
    databases: Databases,
    common: dict[str, object],
    *,
    quick: bool,
    figures: dict[str, float],
) -> bool:
    """Run one group, pass its rows on as they come, and note their values."""
    database = f"bench_{name}"
    environment = {**os.environ, "NSMAAS_BENCH_DATABASE": databases.create(database)}
    command = [sys.executable, "-m", module, name, json.dumps(common), *(["--quick"] if quick else [])]
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("the group's output is not connected")
        try:
            for line in process.stdout:
                row = json.loads(line)
                figures[row["name"]] = row["value"]
                print(line, end="", flush=True)
            process.wait()
        except KeyboardInterrupt:
            # The group heard it too, or hears it now, and clears away what it has started.
            process.terminate()
            process.wait()
            raise
    databases.drop(database)
    return process.returncode == 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("names", nargs="+", metavar="NAME", choices=[*GROUPS, "all"], help=", ".join([*GROUPS, "all"]))
    parser.add_argument("--peers", action="store_true", help="also others' programs at the same work")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that it works, measures nothing")
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
