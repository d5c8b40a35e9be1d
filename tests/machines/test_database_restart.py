"""The database ends a thread's connection between two calls: nobody notices."""

import pytest
from django.db import OperationalError, connection

from sensors.doors import machines_door as door
from tests.support.fleet import Fleet
from tests.support.machines_door import Machine, settings_of


@pytest.fixture
def box(committed_fleet: Fleet) -> Machine:
    sensor = committed_fleet.connected()
    return Machine.with_certificate(committed_fleet.certificate_of(sensor), sensor.address)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no server that could be restarted")
def test_the_next_call_is_answered(box: Machine, monkeypatch: pytest.MonkeyPatch):
    assert box.post("/v1/disk-key").status_code == 200
    # As in the machines' door's own process.
    monkeypatch.setattr(connection, "health_check_enabled", False)
    _end_connection()
    assert box.post("/v1/disk-key").status_code == 200


def test_a_database_that_stays_away_is_asked_twice_and_not_for_ever(box: Machine, monkeypatch: pytest.MonkeyPatch):
    asked = []

    def fail(_request: object) -> None:
        asked.append(True)
        raise OperationalError("the server is away")

    monkeypatch.setattr(door, "identify", fail)
    assert box.post("/v1/disk-key").status_code == 500
    assert len(asked) == 2


def test_the_door_leaves_out_the_test_before_each_request(tmp_path_factory: pytest.TempPathFactory):
    there = settings_of("machines", tmp_path_factory.getbasetemp() / "machines-state")
    assert there["DATABASES"]["default"].get("CONN_HEALTH_CHECKS", False) is False


def _end_connection() -> None:
    import psycopg

    own = connection.connection.info.backend_pid
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [own])
