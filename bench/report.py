"""`script/bench all --peers | python -m bench.report`: the rows as the table of docs/benchmarks.md, into that file.

What stands between its two marks is replaced. Rows that were not measured keep their place with a dash.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Line:
    """One figure: what it should be, and which other figure its aim is a share of."""

    name: str
    aim: str
    share_of: str = ""


LINES = (
    Line("cut_off.median_ms", "300"),
    Line("cut_off.p99_ms", "1,000"),
    Line("cut_off.others_dropped", "0"),
    Line("cut_off.p99_ms_under_load", "under 2,000"),
    Line("worst.cut_p99_ms_beside_polls", "under 2,000"),
    Line("worst.cut_own_ratio", "at most 1.5"),
    Line("worst.cut_other_ratio", "at most 1.5"),
    Line("disk_key.rate_1", ""),
    Line("disk_key.rate_8", ""),
    Line("disk_key.rate_32", "over 404, and over 0.6 of the limit", "disk_key.limit_32"),
    Line("disk_key.p99_ms_32", "under 250"),
    Line("disk_key.errors", "0"),
    Line("disk_key.limit_32", ""),
    Line("disk_key.rate_32_of_2000", ""),
    Line("disk_key.client_ms", "under 100"),
    Line("disk_key.burst_2000_s", ""),
    Line("disk_key.burst_2000_p99_ms", ""),
    Line("disk_key.burst_2000_errors", "0"),
    Line("issue_certificate.ms", "under 5"),
    Line("issue_certificate.renewal_ms", ""),
    Line("onboard.rows_per_s", "over 9"),
    Line("onboard.part_ms", ""),
    Line("onboard.peak_mb", ""),
    Line("crl.ms_1000", "10"),
    Line("crl.ms_10000", "50"),
    Line("crl.ms_100000", "300"),
    Line("gateway_state.ms_100", ""),
    Line("gateway_state.ms_10000", "at most twice that of 100", "gateway_state.ms_100"),
    Line("pages.sensors_queries_10", ""),
    Line("pages.sensors_queries_1000", "that of 10", "pages.sensors_queries_10"),
    Line("pages.sensors_queries_100000", "that of 10", "pages.sensors_queries_10"),
    Line("pages.sensors_p95_ms_10", "under 40"),
    Line("pages.sensors_p95_ms_1000", ""),
    Line("pages.sensors_p95_ms_100000", "under 120"),
    Line("pages.fleet_queries_10", ""),
    Line("pages.fleet_queries_1000", "that of 10", "pages.fleet_queries_10"),
    Line("pages.fleet_queries_100000", "that of 10", "pages.fleet_queries_10"),
    Line("pages.fleet_p95_ms_10", "under 40"),
    Line("pages.fleet_p95_ms_1000", ""),
    Line("pages.fleet_p95_ms_100000", "under 120"),
    Line("pages.search_queries_10", ""),
    Line("pages.search_queries_1000", "that of 10", "pages.search_queries_10"),
    Line("pages.search_queries_100000", "that of 10", "pages.search_queries_10"),
    Line("pages.search_p95_ms_10", ""),
    Line("pages.search_p95_ms_1000", ""),
    Line("pages.search_p95_ms_100000", "under 200"),
    Line("audit_verify.rows_per_s", "linear"),
    Line("rotate_kek.keys_per_s", ""),
    Line("rotate_kek.release_ratio", "at most 2"),
)


def main() -> int:
    """Read rows from standard input and write the table."""
    rows = {row["name"]: row for row in map(json.loads, sys.stdin)}
    if not rows:
        sys.stderr.write("bench.report: no rows on standard input\n")
        return 1
    if any(row["conditions"].get("quick") for row in rows.values()):
        sys.stderr.write("bench.report: these rows are of a quick run, whose figures mean nothing\n")
        return 1
    text = DOCUMENT.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(rows)}\n{END}{after}")
    return 0


def table(rows: Rows) -> str:
    """Markdown."""
    lines = ["| figure | aim | reached | unit | n | spread | peers, same run |", "|---|---|---|---|---|---|---|"]
    for line in LINES:
        row = rows.get(line.name)
        cells = [f"`{line.name}`", line.aim, _reached(line, rows)]
        cells += [row["unit"], str(row["n"]), _spread(row["conditions"])] if row else ["", "", ""]
        lines.append("| " + " | ".join([*cells, _peers(line.name, rows)]) + " |")
    return "\n".join([*lines, "", _conditions(rows)])


def _reached(line: Line, rows: Rows) -> str:
    if line.name not in rows:
        return "-"
    value = rows[line.name]["value"]
    other = rows.get(line.share_of, {}).get("value")
    return f"**{_number(value)}**" + (f" ({value / other:.2f} of `{line.share_of}`)" if other else "")


def _spread(conditions: Mapping[str, Any]) -> str:
    """What was measured beside the value itself."""
    named = {"fastest": "fastest", "median_ms": "median", "p50_ms": "median", "p99_ms": "p99", "p95": "p95"}
    return ", ".join(f"{words} {_number(conditions[key])}" for key, words in named.items() if key in conditions)


def _peers(name: str, rows: Rows) -> str:
    found = []
    for row_name, row in rows.items():
        if row_name.startswith("peer.") and row_name.split(".", 2)[2] == name:
            found.append(f"{row_name.split('.')[1]} {_number(row['value'])}")
    return ", ".join(found)


def _conditions(rows: Rows) -> str:
    one = next(iter(rows.values()))["conditions"]
    loads = [row["conditions"]["load_average"] for row in rows.values()]
    settings = f"fsync {one['fsync']} and synchronous_commit {one['synchronous_commit']}"
    return (
        f"Measured on {one['cores']} cores, which everything shared: portal, database, gateway, boxes and the programs"
        f" that measure. Python {one['python']}, PostgreSQL {one['postgres']} with {settings}."
        f" The load average went from {min(loads)} to {max(loads)}."
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
