"""A report that a program sends again, by its Idempotency-Key."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.request_closing import request_closing
from sensors.models import Case, CaseOutcome, ReportKey, Sensor
from tests.support.at_once import at_once, results
from tests.support.fleet import Fleet, committed_fleet
from tests.support.later import later
from tests.support.signed_in import As

__all__ = ["committed_fleet", "later"]

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'


def report_by(client: Any, sensor: Sensor, key: str | None = KEY, **body: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    path = f"/api/v1/sensors/{sensor.pk}/report-loss/"
    return client.post(path, {"kind": "stolen"} | body, content_type="application/json", headers=headers)


def closed_again(fleet: Fleet, sensor: Sensor) -> Case:
    case = Case.objects.get(sensor=sensor, closed_at=None)
    asked = request_closing(
        case=case, outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=fleet.world.operator
    )
    return close_case(case=case, approval=asked.pk, approved_by=fleet.world.manager)


def test_sent_again_it_is_the_same_report(fleet: Fleet, signed_in: As):
    client, sensor = signed_in(fleet.world.owner), fleet.connected()
    answers = [report_by(client, sensor, note="from the rack") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Case.objects.get().notes.count() == 0


def test_an_old_report_that_comes_again_cuts_off_no_box_that_was_given_back(fleet: Fleet, signed_in: As):
    """Its program had lost the answer, and has kept it in a queue."""
    client, sensor = signed_in(fleet.world.owner), fleet.connected()
    first = report_by(client, sensor)
    fleet.observe(down=[sensor.subject], cuts=[fleet.cut_of(sensor)])
    closed_again(fleet, sensor)
    again = report_by(client, sensor)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert again.json()["outcome"] == "given-back"
    assert Sensor.objects.get(pk=sensor.pk).state == "returned"
    assert report_by(client, sensor, key='"another"').json()["id"] != first.json()["id"]


def test_another_body_or_another_sensor_is_no_repetition(fleet: Fleet, signed_in: As):
    client, sensor, other = signed_in(fleet.world.owner), fleet.connected(), fleet.register("box-2")
    assert report_by(client, sensor).status_code == 201
    for answer in (
        report_by(client, sensor, note="more"),
        report_by(client, sensor, kind="lost"),
        report_by(client, other),
    ):
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
        assert answer.json()["reason"] == "key-of-another-report"
    assert Sensor.objects.get(pk=other.pk).state == "registered"
    assert Case.objects.count() == 1


def test_a_key_is_its_own_persons(fleet: Fleet, signed_in: As):
    world = fleet.world
    ours, theirs = fleet.connected("box-1"), fleet.connected("box-2", world.dairy)
    assert report_by(signed_in(world.owner), ours).status_code == 201
    assert report_by(signed_in(world.stranger), theirs).status_code == 201
    assert report_by(signed_in(world.manager), ours, note="It is gone!").status_code == 201


def test_it_is_kept_for_a_day(fleet: Fleet, signed_in: As, later: Any):
    client, sensor, other = signed_in(fleet.world.owner), fleet.connected(), fleet.connected("box-2")
    report_by(client, sensor)
    later(timedelta(hours=23))
    client = signed_in(fleet.world.owner)
    assert report_by(client, other).status_code == 422
    later(timedelta(hours=25))
    client = signed_in(fleet.world.owner)
    assert report_by(client, other).status_code == 201
    assert ReportKey.objects.count() == 1


def test_with_quotes_or_without_it_is_the_same_key(fleet: Fleet, signed_in: As):
    client, sensor = signed_in(fleet.world.owner), fleet.connected()
    report_by(client, sensor)
    assert report_by(client, sensor, key=KEY.strip('"'), note="more").status_code == 422


@pytest.mark.parametrize("key", ["", '""', "a b", "x" * 256, '"é"', "a\tb"], ids=ascii)
def test_what_is_no_key_is_refused_and_nothing_done(fleet: Fleet, signed_in: As, key: str):
    answer = report_by(signed_in(fleet.world.owner), fleet.connected(), key=key)
    assert (answer.status_code, answer.json()["reason"]) == (400, "key-refused")
    assert not Case.objects.exists()


def test_without_a_key_all_is_as_it_was(fleet: Fleet, signed_in: As):
    client, sensor = signed_in(fleet.world.owner), fleet.connected()
    assert report_by(client, sensor, key=None).json()["id"] == report_by(client, sensor, key=None).json()["id"]
    assert not ReportKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_several_at_once_are_one(committed_fleet: Fleet, signed_in: As):
    """They wait for one another at the box's row: nobody who reports a theft is told to come again."""
    sensor = committed_fleet.connected()
    clients = [signed_in(committed_fleet.world.owner) for _ in range(4)]
    answers = results(at_once([partial(report_by, client, sensor) for client in clients]))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_for_two_boxes_at_once_it_is_one_boxs(committed_fleet: Fleet, signed_in: As):
    boxes = [committed_fleet.connected("box-1"), committed_fleet.connected("box-2")]
    clients = [signed_in(committed_fleet.world.owner) for _ in boxes]
    pairs = list(zip(clients, boxes, strict=True))
    answers = results(at_once([partial(report_by, *pair) for pair in pairs]))
    first, second = sorted(answer.status_code for answer in answers)
    assert first == 201
    assert second in {409, 422}
    assert Case.objects.count() == 1
