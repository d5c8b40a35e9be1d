"""The long poll: an answer when there is news, made by whatever connection, and at the wait's end without."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

from sensors.gateways.machines import GENERATIONS
from tests.support.fleet import Fleet
from tests.support.machines_door import Machine
from tests.support.waiting import wait_until


@pytest.fixture
def agent(committed_fleet: Fleet) -> Machine:
    return Machine.with_certificate(committed_fleet.enrol_gateway(), "10.20.0.1")


@pytest.fixture(autouse=True)
def _watch_has_ended(transactional_db: None) -> Any:
    """The watching thread ends by itself with its last waiter: no connection of its outlives the test."""
    yield
    wait_until(
        lambda: GENERATIONS._thread is None or not GENERATIONS._thread.is_alive(), seconds=10, what="the watch ends"
    )


def ask(agent: Machine, since: int, wait: int) -> tuple[Any, float]:
    """The answer and when it came."""
    try:
        response = agent.get(f"/v1/gateway/state?since={since}&wait={wait}")
        return response.json(), time.monotonic()
    finally:
        connection.close()


def asking(pool: ThreadPoolExecutor, agent: Machine, since: int, wait: int) -> "Future[tuple[Any, float]]":
    return pool.submit(ask, agent, since, wait)


def test_it_answers_at_once_when_there_is_news_already(committed_fleet: Fleet, agent: Machine):
    committed_fleet.enrolled()
    began = time.monotonic()
    answer, ended = ask(agent, committed_fleet.gateway.generation - 1, 30)
    assert len(answer["sensors"]) == 1
    assert ended - began < 5


def test_it_answers_at_the_waits_end_with_no_sensors(committed_fleet: Fleet, agent: Machine):
    committed_fleet.enrolled()
    known = committed_fleet.gateway.generation
    began = time.monotonic()
    answer, ended = ask(agent, known, 1)
    assert answer == {"generation": known, "full": False, "config": None, "sensors": []}
    assert 1 <= ended - began < 6


def test_a_loss_report_in_another_connection_wakes_it(committed_fleet: Fleet, agent: Machine):
    sensor = committed_fleet.connected()
    known = committed_fleet.gateway.generation
    with ThreadPoolExecutor(1) as pool:
        waiting = asking(pool, agent, known, 30)
        wait_until(lambda: GENERATIONS._waiting == 1, seconds=10, what="one waits")
        time.sleep(0.2)
        assert not waiting.done()
        committed_fleet.reported(sensor)
        reported = time.monotonic()
        answer, ended = waiting.result(timeout=20)
    assert ended - reported < 5
    assert [(each["subject"], each["allowed"]) for each in answer["sensors"]] == [(sensor.subject, False)]


def test_all_who_wait_are_woken_and_twenty_cost_hardly_more_than_one(
    committed_fleet: Fleet, monkeypatch: pytest.MonkeyPatch
):
    sensor = committed_fleet.connected()
    gateway, known = committed_fleet.gateway.pk, committed_fleet.gateway.generation
    queries: list[str] = []
    execute = CursorWrapper.execute

    def counted(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        if threading.current_thread() is not threading.main_thread():
            queries.append(str(sql))
        return execute(self, sql, params)

    def wait() -> bool:
        return GENERATIONS.wait(gateway=gateway, is_news=lambda now: now > known, seconds=30)

    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(wait) for _ in range(20)]
        wait_until(lambda: GENERATIONS._waiting == 20, seconds=10, what="twenty wait")
        monkeypatch.setattr(CursorWrapper, "execute", counted)
        began = time.monotonic()
        time.sleep(1)
        monkeypatch.undo()
        slept = time.monotonic() - began
        committed_fleet.reported(sensor)
        assert all(each.result(timeout=30) for each in waiting)
    # One thread asks for all, every 30 ms: twenty that asked for themselves would be at 660.
    assert 1 <= len(queries) <= slept / GENERATIONS._interval + 5


def test_a_newer_question_of_the_same_gateway_ends_the_older(committed_fleet: Fleet, agent: Machine):
    known = committed_fleet.gateway.generation
    with ThreadPoolExecutor(2) as pool:
        older = asking(pool, agent, known, 60)
        wait_until(lambda: GENERATIONS._waiting == 1, seconds=10, what="one waits")
        began = time.monotonic()
        newer = asking(pool, agent, known, 1)
        answer, ended = older.result(timeout=20)
        assert (answer["generation"], answer["sensors"], ended - began < 10) == (known, [], True)
        newer.result(timeout=20)


def test_nobody_waits_and_nothing_is_asked(committed_fleet: Fleet, agent: Machine):
    ask(agent, committed_fleet.gateway.generation, 1)
    wait_until(lambda: GENERATIONS._thread is None, seconds=10, what="the watch ends")
    assert GENERATIONS._waiting == 0
