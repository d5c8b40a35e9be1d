"""`pytest --whole`: the suite on two databases runs no test twice without need.

- What knows no database runs with SQLite's part alone.
- What is `live` or `long` runs with PostgreSQL's part alone, since PostgreSQL is what serves.
- What is marked `each_database` runs with both: it is about files, locks or statements of the database's own.
- All others run with both.
"""

import pytest
from django.conf import settings

WITHOUT_DATABASE = (
    "tests/bench/",
    "tests/gateway/",
    "tests/house/",
    "tests/installation/",
    "tests/lab/",
    "tests/sensor_kit/",
    "tests/attacks/test_gateway_forwards.py",
    "tests/attacks/test_sensors_meet_without_the_table.py",
)


def leave_out_what_the_other_database_has(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--whole"):
        return
    is_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    here = [item for item in items if (_on_postgresql if is_postgresql else _on_sqlite)(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(here)])
    items[:] = here


def _on_postgresql(item: pytest.Item) -> bool:
    return not item.nodeid.startswith(WITHOUT_DATABASE)


def _on_sqlite(item: pytest.Item) -> bool:
    if item.nodeid.startswith(WITHOUT_DATABASE) or item.get_closest_marker("each_database"):
        return True
    return not (item.get_closest_marker("live") or item.get_closest_marker("long"))


def refuse_skipping(item: pytest.Item, report: pytest.TestReport) -> None:
    """With PostgreSQL's part: a test that has no other run does not leave itself out unheard."""
    if not report.skipped or hasattr(report, "wasxfail") or not item.config.getoption("--whole"):
        return
    if _on_postgresql(item) and not _on_sqlite(item):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} is skipped here and has no other run: mark it `each_database`."
