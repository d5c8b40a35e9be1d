"""Every URL of both doors, every method, everybody: the answer is the one that stands in the tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, resolve

from portal.monitoring.health import HEALTH
from sensors.doors.allowed_calls import ALLOWED_CALLS
from tests.support.access_table import ACTORS, METHODS, PEOPLES_TABLES, Row, cells, read_table, routes
from tests.support.left_behind import left_behind
from tests.support.machines_door import open_machines_door
from tests.support.purses import fill_purses
from tests.support.street import Street, undone
from tests.support.unkept_health import keep_no_health

pytestmark = pytest.mark.long

PHONE, LINK = "+44 20 7946 0100", b'href="tel:+442079460100"'


def differences(street: Street, actor: str, rows: list[Row], *, are_pages: bool = False) -> Iterator[str]:
    """Of people's tables besides the status: each page says whom to call, and a GET changes nothing."""
    for method, path, expected in cells(rows):
        fill_purses()  # rate limits are not what is asked here
        reset_queries()  # Django keeps the last 9,000 only
        with undone(), CaptureQueriesContext(connection) as queries:
            answer = street.ask(actor, method, path)
        if answer.status_code != expected[actor]:
            yield f"{actor}: {method} {path}: {answer.status_code}, the table says {expected[actor]}"
        if not are_pages:
            continue
        if is_page(answer) and LINK not in answer.content:
            yield f"{actor}: {method} {path}: nobody to call"
        if method == "GET":
            yield from (f"{actor}: {wrong}" for wrong in left_behind(actor, path, [each["sql"] for each in queries]))


def is_page(answer: Any) -> bool:
    """That somebody sees: a browser does not stay at what leads elsewhere."""
    if 300 <= answer.status_code < 400 or answer.streaming or not answer.content:
        return False
    return bool(answer["Content-Type"].startswith("text/html"))


@pytest.mark.parametrize("actor", ACTORS)
def test_the_peoples_door_answers_as_the_table_says(street: Street, settings: Any, actor: str):
    settings.PROVIDER_PHONE = PHONE
    rows = [row for table in PEOPLES_TABLES for row in read_table(table)]
    assert list(differences(street, actor, rows, are_pages=True)) == []


def test_the_machines_door_answers_as_the_table_says(street: Street, settings: Any, tmp_path: Path):
    open_machines_door(settings, tmp_path)
    assert [wrong for actor in ACTORS for wrong in differences(street, actor, read_table("machines"))] == []


@pytest.mark.parametrize("door", ["people", "machines"])
def test_both_doors_tell_everybody_how_they_are(
    street: Street, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: str
):
    if door == "machines":
        open_machines_door(settings, tmp_path)
    settings.PROCESS = door
    keep_no_health(monkeypatch)
    assert [wrong for actor in ACTORS for wrong in differences(street, actor, read_table("health"))] == []


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
