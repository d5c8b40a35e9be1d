"""A gateway is asked which session holds an address, once for all who wait; one that is silent keeps nobody waiting."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import pytest
from django.db import connection

from lab.waiting import wait_until
from sensors.keys import session_confirmations
from sensors.keys.operations.answer_session_questions import answer_session_questions, waiting_session_questions
from sensors.keys.session_confirmations import MOST_FOR_A_SLOW_GATEWAY, SessionConfirmations
from sensors.models import Gateway, Sensor, SessionQuestion
from tests.support.fleet import Fleet, confirmed

Answer = tuple[bool, Any]
# Kept before the stand-in of this folder's other tests takes its place.
confirm = SessionConfirmations.confirm


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[SessionConfirmations]:
    """Its thread ends with the test."""
    monkeypatch.setattr(session_confirmations, "MISSED", 4.0)
    monkeypatch.setattr(session_confirmations, "REST", 0.1)
    confirmations = SessionConfirmations()
    yield confirmations
    wait_until(
        lambda: confirmations._thread is None or not confirmations._thread.is_alive(), what="its end", timeout=40
    )


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is to be answered in time on a busy machine as well."""
    monkeypatch.setattr(session_confirmations, "DEADLINE", 15.0)


def as_sent(sensor: Sensor) -> dict[str, Any]:
    session = confirmed(sensor).session
    assert session is not None
    return dict(json.loads(json.dumps(asdict(session))))


def asking(pool: ThreadPoolExecutor, desk: SessionConfirmations, gateway: Gateway, *subjects: str) -> list[Any]:
    def ask(subject: str) -> tuple[Answer, float]:
        began = time.monotonic()
        try:
            return confirm(desk, gateway=gateway.pk, subject=subject), time.monotonic() - began
        finally:
            connection.close()

    return [pool.submit(ask, subject) for subject in subjects]


def questions(gateway: Gateway) -> list[dict[str, Any]]:
    return waiting_session_questions(gateway=gateway)


@pytest.mark.usefixtures("_patient")
def test_each_who_waits_hears_of_its_own_session(committed_fleet: Fleet, desk: SessionConfirmations):
    one, two, gateway = committed_fleet.enrolled("one"), committed_fleet.enrolled("two"), committed_fleet.gateway
    with ThreadPoolExecutor(3) as pool:
        [first] = asking(pool, desk, gateway, one.subject)
        asked = wait_until(lambda: questions(gateway), what="the first question", timeout=20)
        later = asking(pool, desk, gateway, two.subject, "s-aaaaaaaaaaaa")
        assert asked == [{"number": asked[0]["number"], "subjects": [one.subject]}]
        everybody = {one.subject, two.subject, "s-aaaaaaaaaaaa"}
        wait_until(
            lambda: {each for question in questions(gateway) for each in question["subjects"]} == everybody,
            what="the question of those who came meanwhile",
            timeout=20,
        )
        sessions = [as_sent(sensor) for sensor in (one, two)]
        answer_session_questions(
            gateway=gateway, answers=[(question["number"], sessions) for question in questions(gateway)]
        )
        assert first.result(timeout=20)[0] == (True, confirmed(one).session)
        assert [each.result(timeout=20)[0] for each in later] == [(True, confirmed(two).session), (True, None)]


@pytest.mark.usefixtures("_patient")
def test_a_gateway_that_cannot_see_is_no_gateway_without_sessions(committed_fleet: Fleet, desk: SessionConfirmations):
    gateway = committed_fleet.gateway
    with ThreadPoolExecutor(1) as pool:
        [asked] = asking(pool, desk, gateway, "s-aaaaaaaaaaaa")
        [question] = wait_until(lambda: questions(gateway), what="the question", timeout=20)
        answer_session_questions(gateway=gateway, answers=[(question["number"], None)])
        assert asked.result(timeout=20)[0] == (False, None)


def test_after_one_missed_deadline_nobody_waits_until_the_gateway_speaks(
    committed_fleet: Fleet, desk: SessionConfirmations
):
    sensor, gateway = committed_fleet.enrolled(), committed_fleet.gateway
    with ThreadPoolExecutor(1) as pool:
        [(answer, seconds)] = [each.result(timeout=20) for each in asking(pool, desk, gateway, sensor.subject)]
        assert (answer, seconds >= session_confirmations.DEADLINE) == ((False, None), True)
        began = time.monotonic()
        again = [asking(pool, desk, gateway, sensor.subject)[0].result(timeout=20)[0] for _ in range(20)]
        assert again == [(False, None)] * 20
        assert time.monotonic() - began < session_confirmations.DEADLINE
        # One question stays open, and not twenty: its answer shows that the gateway is back.
        [question] = questions(gateway)
        answer_session_questions(gateway=gateway, answers=[(question["number"], [])])
        wait_until(lambda: not desk._desks[gateway.pk].is_silent, what="the gateway to count as back", timeout=20)


@pytest.mark.usefixtures("_patient")
def test_a_slow_gateway_holds_up_few_threads(committed_fleet: Fleet, desk: SessionConfirmations):
    gateway, many = committed_fleet.gateway, MOST_FOR_A_SLOW_GATEWAY
    with ThreadPoolExecutor(many + 5) as pool:
        waiting = asking(pool, desk, gateway, *["s-aaaaaaaaaaaa"] * many)
        wait_until(
            lambda: desk._desks[gateway.pk].is_crowded(time.monotonic()), what="the gateway to be slow", timeout=20
        )
        beyond = [each.result(timeout=20) for each in asking(pool, desk, gateway, *["s-bbbbbbbbbbbb"] * 5)]
        assert all(answer == (False, None) and seconds < 10 for answer, seconds in beyond)
        assert not any(each.done() for each in waiting)
        answer_session_questions(gateway=gateway, answers=[(one["number"], []) for one in questions(gateway)])
        assert {each.result(timeout=20)[0] for each in waiting} == {(True, None)}


def test_one_gateway_answers_for_no_other(committed_fleet: Fleet):
    gateway = committed_fleet.gateway
    stranger = Gateway.objects.create(name="gateway-2", host="198.51.100.2", network="10.89.0.0/16")
    SessionQuestion.objects.create(gateway=gateway, subjects=["s-aaaaaaaaaaaa"])
    [question] = questions(gateway)
    answer_session_questions(gateway=stranger, answers=[(question["number"], [])])
    assert questions(gateway) == [question]
    assert questions(stranger) == []


def test_a_question_is_answered_once(committed_fleet: Fleet):
    sensor, gateway = committed_fleet.enrolled(), committed_fleet.gateway
    SessionQuestion.objects.create(gateway=gateway, subjects=[sensor.subject])
    [question] = questions(gateway)
    answer_session_questions(gateway=gateway, answers=[(question["number"], [])])
    answer_session_questions(gateway=gateway, answers=[(question["number"], [as_sent(sensor)])])
    assert SessionQuestion.objects.get().answer == []


def test_what_was_not_asked_for_is_not_kept(committed_fleet: Fleet):
    one, two, gateway = committed_fleet.enrolled("one"), committed_fleet.enrolled("two"), committed_fleet.gateway
    SessionQuestion.objects.create(gateway=gateway, subjects=[one.subject])
    [question] = questions(gateway)
    sessions = [as_sent(sensor) for sensor in (one, two)]
    answer_session_questions(gateway=gateway, answers=[(question["number"], sessions)])
    assert SessionQuestion.objects.get().answer == [as_sent(one)]


def test_no_database_connection_is_held_meanwhile(committed_fleet: Fleet, desk: SessionConfirmations):
    sensor, gateway = committed_fleet.enrolled(), committed_fleet.gateway
    held: list[Callable[[], Any]] = []
    ready = threading.Event()

    def ask() -> None:
        assert Gateway.objects.exists()
        held.append(lambda: connection.connection)
        ready.set()
        confirm(desk, gateway=gateway.pk, subject=sensor.subject)
        held.append(lambda: connection.connection)
        assert connection.connection is None

    thread = threading.Thread(target=ask)
    thread.start()
    [question] = wait_until(lambda: questions(gateway), what="the question", timeout=20)
    answer_session_questions(gateway=gateway, answers=[(question["number"], [])])
    thread.join(20)
    assert len(held) == 2
