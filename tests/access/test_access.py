"""Every URL of both doors, every method, everybody: the answer is the one that stands in the tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver, resolve

from portal.monitoring.health import HEALTH
from sensors.doors.allowed_calls import ALLOWED_CALLS
from tests.support.access_table import ACTORS, METHODS, PEOPLES_TABLES, Row, cells, read_table, routes
from tests.support.machines_door import open_machines_door
from tests.support.purses import fill_purses
from tests.support.street import Street, undone
from tests.support.unkept_health import keep_no_health

pytestmark = pytest.mark.long


def differences(street: Street, actor: str, rows: list[Row]) -> Iterator[str]:
    for method, path, expected in cells(rows):
        fill_purses()  # rate limits are not what is asked here
        with undone():
            status = street.ask(actor, method, path).status_code
        if status != expected[actor]:
            yield f"{actor}: {method} {path}: {status}, the table says {expected[actor]}"


@pytest.mark.parametrize("table", PEOPLES_TABLES)
@pytest.mark.parametrize("actor", ACTORS)
def test_the_peoples_door_answers_as_the_table_says(street: Street, table: str, actor: str):
    assert list(differences(street, actor, read_table(table))) == []


@pytest.mark.parametrize("actor", ACTORS)
def test_the_machines_door_answers_as_the_table_says(street: Street, settings: Any, tmp_path: Path, actor: str):
    open_machines_door(settings, tmp_path)
    assert list(differences(street, actor, read_table("machines"))) == []


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("door", ["people", "machines"])
def test_both_doors_tell_everybody_how_they_are(
    street: Street, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: str, actor: str
):
    if door == "machines":
        open_machines_door(settings, tmp_path)
    settings.PROCESS = door
    keep_no_health(monkeypatch)
    assert list(differences(street, actor, read_table("health"))) == []


def test_the_table_names_every_url_of_the_peoples_door_with_every_method(street: Street):
    named: set[tuple[str, str]] = set()
    for table in PEOPLES_TABLES:
        for method, path, _ in cells(read_table(table)):
            if not path.startswith("/v1/"):
                named.add((resolve(street.filled(path.partition("#")[0])).route, method))
    there = {(route, method) for route in routes(get_resolver()) for method in METHODS}
    assert sorted(there - named) == []


def test_the_table_names_every_call_of_the_machines_door_with_every_method():
    named = {(path.removeprefix("/"), method) for method, path, _ in cells(read_table("machines"))}
    assert sorted({(path, method) for path in ALLOWED_CALLS for method in METHODS} - named) == []


def test_the_table_names_every_question_for_health_with_every_method():
    named = {(path, method) for method, path, _ in cells(read_table("health"))}
    assert sorted({(path, method) for path in HEALTH for method in METHODS} ^ named) == []


def test_no_cell_stands_in_the_tables_twice(capsys: pytest.CaptureFixture[str]):
    all_cells = [cell[:2] for table in PEOPLES_TABLES for cell in cells(read_table(table))]
    machines = [cell[:2] for cell in cells(read_table("machines"))]
    assert len(all_cells) == len(set(all_cells))
    assert len(machines) == len(set(machines))
    with capsys.disabled():
        count = (len(all_cells) + len(machines)) * len(ACTORS)
        print(f"\nthe access table has {count} cells")  # the figure is asked for
