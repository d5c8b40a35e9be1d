"""What both doors say of themselves, to everybody."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from limits.kept import Kept, NotInTime
from portal.monitoring import health, readiness
from tests.support.machines_door import open_machines_door
from tests.support.unkept_health import keep_no_health

SECRET = "connection to server at 10.9.8.7 failed"
DOORS = ("people", "machines")
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has roles")


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> str:
    if request.param == "machines":
        open_machines_door(settings, tmp_path)
    settings.PROCESS = request.param
    return str(request.param)


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_no_health(monkeypatch)


def ask(path: str, **headers: str) -> tuple[int, str]:
    response = Client(raise_request_exception=False).get(path, headers=headers)
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "text/plain"
    assert not response.cookies
    return response.status_code, response.content.decode()


def test_a_door_that_is_well_says_so(db: None, door: str):
    assert ask("/health/live") == (200, "live\n")
    assert ask("/health/ready") == (200, "ready\n")


def test_it_is_asked_by_any_name_and_by_whoever_says_to_be_signed_in(db: None, door: str):
    """A balancer asks by an address; a cookie costs no look into the database."""
    with CaptureQueriesContext(connection) as queries:
        assert ask("/health/live", host="elsewhere.example", cookie="sessionid=abc") == (200, "live\n")
    assert len(queries) == 0


def fail(*_: object, **__: object) -> Any:
    raise OperationalError(SECRET)


def test_without_a_database_it_lives_and_is_not_ready(
    db: None, door: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(readiness, "_ask", fail)
    monkeypatch.setattr(readiness, "forget_dead_connections", lambda: None)
    assert ask("/health/live") == (200, "live\n")
    assert ask("/health/ready") == (503, "not ready: database\n")
    assert SECRET not in caplog.text


def test_a_connection_that_an_earlier_server_left_is_tried_anew(db: None, monkeypatch: pytest.MonkeyPatch):
    once = iter([True])
    real = readiness._ask

    def dead_at_first(question: str) -> object:
        return fail() if next(once, False) else real(question)

    monkeypatch.setattr(readiness, "_ask", dead_at_first)
    monkeypatch.setattr(readiness, "forget_dead_connections", lambda: None)
    assert ask("/health/ready") == (200, "ready\n")


def test_a_database_that_only_follows_another_is_not_enough(db: None, door: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readiness, "_ask", lambda _: True)
    assert ask("/health/ready") == (503, "not ready: database-read-only\n")


def test_a_migration_that_is_missing_is_named_as_such(db: None, door: str):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sensors'")
    assert ask("/health/ready") == (503, "not ready: migrations\n")


def test_a_later_migration_is_no_fault_of_an_older_process(db: None, door: str):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('sensors', '9999_later', CURRENT_TIMESTAMP)"
        )
    assert ask("/health/ready") == (200, "ready\n")


@on_postgresql
def test_a_right_that_its_role_lacks_is_told_and_one_of_another_role_is_not(db: None, door: str):
    take = {
        "people": "REVOKE SELECT (id) ON sensors_sensor FROM nsmaas_people",
        "machines": "REVOKE SELECT (id) ON sensors_sensor FROM nsmaas_machines",
    }
    mine = take.pop(door)
    with connection.cursor() as cursor:
        cursor.execute(take.popitem()[1])
        assert ask("/health/ready") == (200, "ready\n")
        cursor.execute(mine)
    assert ask("/health/ready") == (503, "not ready: rights\n")


def test_a_key_that_opens_nothing_of_this_database_is_told(
    db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from pki.escrow.envelope import generate_key_encryption_key
    from pki.escrow.vault import get_or_create_disk_key

    open_machines_door(settings, tmp_path)
    settings.PROCESS = "machines"
    settings.KEY_ENCRYPTION_KEY = generate_key_encryption_key().to_text()
    get_or_create_disk_key(subject="s-abcdefghijkl")
    assert ask("/health/ready") == (200, "ready\n")
    settings.KEY_ENCRYPTION_KEY = generate_key_encryption_key().to_text()
    assert ask("/health/ready") == (503, "not ready: keys\n")


def test_who_asks_while_it_hangs_gets_an_answer(monkeypatch: pytest.MonkeyPatch):
    class Hangs:
        def get(self) -> tuple[str, ...]:
            raise NotInTime

    monkeypatch.setattr(health, "_NOT_READY", Hangs())
    assert ask("/health/ready") == (503, "not ready: no answer in time\n")


def test_a_thousand_questions_cost_the_database_what_one_costs(db: None, door: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "_NOT_READY", Kept(readiness.what_is_not_ready, seconds=300))
    ask("/health/ready")
    with CaptureQueriesContext(connection) as queries:
        for _ in range(50):
            ask("/health/ready")
    assert len(queries) == 0


def test_words_of_the_process_are_not_among_the_answers(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch):
    """Whatever a part says of itself, only its name goes out."""
    settings.PROCESS = "machines"

    def explain(**_: object) -> list[object]:
        return [ImproperlyConfigured(SECRET)]

    monkeypatch.setattr(readiness, "check_key_encryption_key_of_database", explain)
    status, body = ask("/health/ready")
    assert (status, body) == (503, "not ready: keys\n")
    assert json.dumps(body).count("10.9") == 0
