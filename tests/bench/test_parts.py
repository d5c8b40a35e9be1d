"""The parts of the benchmarks that could be wrong without anybody noticing."""

import json
import os
from pathlib import Path

import pytest

from bench.cpu import ProcessorTime
from bench.openvpn_log import OpenvpnLog
from bench.peers.ratios import ratio_rows
from bench.rows import Row, median_row, percentile

LOG = """\
2026-01-01 00:00:01 198.51.100.77:41959 [s-gnm7hjjw62cf] Peer Connection Initiated with [AF_INET]198.51.100.77:41959
2026-01-01 00:00:01 198.51.100.77:41960 [s-aaaaaaaaaaaa] Peer Connection Initiated with [AF_INET]198.51.100.77:41960
2026-01-01 00:00:02 MANAGEMENT: CMD 'kill s-gnm7hjjw62cf'
2026-01-01 00:00:02 s-gnm7hjjw62cf/198.51.100.77:41959 SIGTERM[soft,] received, client-instance exiting
2026-01-01 00:00:20 198.51.100.77:51000 SIGUSR1[soft,tls-error] received, client-instance restarting
2026-01-01 00:00:58 s-aaaaaaaaaaaa/198.51.100.77:41960 SIGUSR1[soft,ping-restart] received, client-instance restarting
2026-01-01 00:00:59 198.51.100.77:42000 [s-aaaaaaaaaaaa] Peer Connection Initiated with [AF_INET]198.51.100.77:42000
"""


@pytest.mark.parametrize(("percent", "expected"), [(50, 5), (90, 9), (95, 10), (99, 10), (1, 1), (100, 10)])
def test_a_percentile_is_a_value_that_was_measured(percent: int, expected: int):
    assert percentile([3, 1, 2, 10, 9, 8, 7, 6, 5, 4], percent) == expected


def test_the_99th_percentile_of_fifty_is_the_slowest():
    assert percentile(list(range(50)), 99) == 49


def test_a_row_is_one_line_with_the_conditions_of_all_and_its_own():
    line = median_row("group.ms", [3.0, 1.0, 2.0], what="renewal").to_line({"cores": 2})
    row = json.loads(line)
    assert (row["name"], row["value"], row["unit"], row["n"]) == ("group.ms", 2.0, "ms", 3)
    assert row["conditions"].items() >= {"cores": 2, "fastest": 1.0, "p95": 3.0, "what": "renewal"}.items()
    assert "\n" not in line


def test_a_ratio_says_how_many_times_ours_the_peers_figure_is():
    figures = {
        "issue_certificate.ms": 4.0,
        "peer.easy-rsa.issue_certificate.ms": 200.0,
        "peer.tang.disk_key.rate_8": 9.0,
    }
    assert list(ratio_rows(figures)) == [Row("ratio.easy-rsa.issue_certificate.ms", 50.0, "times ours", 1)]


def test_openvpns_log_names_who_came_and_who_went(tmp_path: Path):
    log = OpenvpnLog(tmp_path / "log")
    log.path.write_text(LOG)
    assert log.came() == ["s-gnm7hjjw62cf", "s-aaaaaaaaaaaa", "s-aaaaaaaaaaaa"]
    assert log.went() == ["s-gnm7hjjw62cf", "s-aaaaaaaaaaaa"]
    assert log.ports() == {"s-gnm7hjjw62cf": 41959, "s-aaaaaaaaaaaa": 42000}


def test_processor_time_counts_a_process_with_its_children():
    used = ProcessorTime({"us": [os.getpid()], "nobody": []})
    child = os.fork()
    if child == 0:
        while sum(os.times()[:2]) < 0.3:
            pass
        os._exit(0)
    while _ticks(child) < 20:
        pass
    assert used.since()["us"] >= 0.2
    assert used.since()["nobody"] == 0
    os.waitpid(child, 0)


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
