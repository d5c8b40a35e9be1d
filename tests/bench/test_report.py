"""The rows become the table of docs/benchmarks.md."""

import io
import json
from pathlib import Path

import pytest

from bench import report

CONDITIONS = {"cores": 2, "python": "3.11", "postgres": "15", "fsync": "on", "synchronous_commit": "on"}


def row(name: str, value: float, **conditions: object) -> str:
    return json.dumps(
        {
            "name": name,
            "value": value,
            "unit": "ms",
            "n": 3,
            "conditions": {**CONDITIONS, "load_average": 0.5, **conditions},
        }
    )


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "benchmarks.md"
    path.write_text(f"before\n{report.BEGIN}\nold figures\n{report.END}\nafter\n")
    monkeypatch.setattr(report, "DOCUMENT", path)
    return path


def feed(monkeypatch: pytest.MonkeyPatch, *rows: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(rows)))
    return report.main()


def test_figures_stand_beside_their_aims_and_their_peers(document: Path, monkeypatch: pytest.MonkeyPatch):
    rows = row("crl.ms_1000", 9.25, fastest=8.1, p95=12.0), row("peer.easy-rsa.crl.ms_1000", 105.2)
    assert feed(monkeypatch, *rows) == 0
    text = document.read_text()
    assert "| `crl.ms_1000` | 10 | **9.25** | ms | 3 | fastest 8.1, p95 12 | easy-rsa 105 |" in text
    assert "| `cut_off.median_ms` | 300 | - |" in text
    assert "old figures" not in text
    assert text.startswith("before\n")
    assert text.endswith(f"{report.END}\nafter\n")


def test_a_figure_whose_aim_is_a_share_says_what_share_it_is(document: Path, monkeypatch: pytest.MonkeyPatch):
    assert feed(monkeypatch, row("disk_key.rate_32", 420), row("disk_key.limit_32", 600)) == 0
    assert "**420** (0.70 of `disk_key.limit_32`)" in document.read_text()


@pytest.mark.parametrize("rows", [(), (row("crl.ms_1000", 1.0, quick=True),)])
def test_nothing_is_written_without_figures_that_mean_something(
    rows: tuple[str, ...], document: Path, monkeypatch: pytest.MonkeyPatch
):
    assert feed(monkeypatch, *rows) == 1
    assert "old figures" in document.read_text()


def test_the_document_in_the_checkout_has_the_place_for_them():
    text = report.DOCUMENT.read_text()
    assert text.count(report.BEGIN) == text.count(report.END) == 1
