"""Every benchmark runs, with tiny sizes, and prints rows of the promised form."""

import json
import os
import subprocess
from typing import Any

import pytest

from tests.support.checkout import CHECKOUT

pytestmark = pytest.mark.live

ONE_PROCESS = {
    "issue_certificate": {"issue_certificate.ms", "issue_certificate.renewal_ms"},
    "crl": {"crl.ms_100", "crl.ms_200"},
    "audit_verify": {"audit_verify.rows_per_s"},
    "onboard": {"onboard.rows_per_s", "onboard.part_ms", "onboard.peak_mb"},
    "rotate_kek": {"rotate_kek.keys_per_s", "rotate_kek.release_ratio", "rotate_kek.release_p99_ratio"},
    "pages": {
        f"pages.{page}_{what}_{size}"
        for page in ("sensors", "fleet", "search")
        for what in ("queries", "p95_ms")
        for size in (10, 50)
    },
}
LABORATORY = {
    "disk_key": {
        *(f"disk_key.rate_{clients}" for clients in (1, 8, 32)),
        "disk_key.rate_32_of_40",
        *("disk_key.p99_ms_32", "disk_key.errors", "disk_key.limit_32", "disk_key.client_ms"),
        *(f"disk_key.burst_40_{what}" for what in ("s", "p99_ms", "errors")),
    },
    "gateway_state": {"gateway_state.ms_20", "gateway_state.ms_60"},
    "cut_off": {
        *("cut_off.median_ms", "cut_off.p99_ms", "cut_off.others_dropped", "cut_off.p99_ms_under_load"),
    },
}


def runs_of_this_suite() -> list[Any]:
    """script/bench has a PostgreSQL of its own, so the suite's second run on another database repeats little."""
    if os.environ.get("DATABASE_URL", "").startswith("postgresql:"):
        return [pytest.param({"audit_verify": ONE_PROCESS["audit_verify"]}, id="one group")]
    return [
        pytest.param(ONE_PROCESS, id="in one process"),
        pytest.param(LABORATORY, id="in the laboratory", marks=pytest.mark.root),
    ]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [str(CHECKOUT / "script" / "bench"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.parametrize("groups", runs_of_this_suite())
def test_it_prints_a_row_for_each_figure(groups: dict[str, set[str]]):
    done = bench("--quick", *groups)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row for row in rows if set(row) != {"name", "value", "unit", "n", "conditions"}] == []
    assert sorted(row["name"] for row in rows) == sorted(name for names in groups.values() for name in names)
    for row in rows:
        assert isinstance(row["value"], int | float)
        assert row["n"] >= 1
        assert {"cores", "load_average", "python", "postgres", "quick"} <= set(row["conditions"])
        assert row["conditions"]["fsync"] == "on"
    by_name = {row["name"]: row["value"] for row in rows}
    assert by_name.get("cut_off.others_dropped", 0) == 0
    assert by_name.get("disk_key.errors", 0) == 0
    assert by_name.get("disk_key.burst_40_errors", 0) == 0


def test_it_refuses_a_name_that_it_does_not_know():
    done = bench("no_such_group")
    assert done.returncode == 2
    assert "no_such_group" in done.stderr
    assert done.stdout == ""
