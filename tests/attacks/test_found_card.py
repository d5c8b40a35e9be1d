"""Somebody has found a loss card. What it costs: boxes of one site, three in an hour, and everybody hears of it."""

from typing import Any

import pytest
from django.test import Client

from notices.models import Mail
from sensors.models import Case, Sensor
from tests.support.fleet import Fleet
from tests.support.loss_cards import Guard, card_of


@pytest.fixture
def thief(fleet: Fleet) -> Guard:
    return Guard(card_of(fleet)[1])


def test_no_page_but_its_own_opens(fleet: Fleet, thief: Guard):
    sensor = fleet.connected()
    thief.look_at_boxes()
    for path in ("/", "/sensors/", f"/sensors/{sensor.pk}/", "/cards/", f"/cards/{sensor.site_id}/", "/records/"):
        answer = thief.browser.get(path, {"code": thief.code})
        assert (answer.status_code, "/accounts/login/" in answer["Location"]) == (302, True), path
    assert thief.browser.post(f"/cards/{sensor.site_id}/", {"after": "1", "code": thief.code}).status_code == 302
    assert thief.browser.get("/api/v1/sensors/", headers={"Authorization": f"Bearer {thief.code}"}).status_code in {
        401,
        403,
    }


def test_many_pages_at_once_cut_off_no_more_than_three(fleet: Fleet, thief: Guard):
    sensors = [fleet.enrolled(f"box-{number}") for number in range(8)]
    statuses = [
        Guard(thief.code, f"203.0.113.{number}").report(sensor).status_code for number, sensor in enumerate(sensors)
    ]
    assert statuses == [200] * 3 + [429] * 5
    assert Sensor.objects.filter(state="reported").count() == Case.objects.count() == 3


def test_pressing_without_end_fills_no_mailbox_and_no_trail(fleet: Fleet, thief: Guard):
    sensors = [fleet.enrolled(f"box-{number}") for number in range(5)]
    thief.report(*sensors)
    mails = Mail.objects.count()
    for _ in range(20):
        assert thief.report(*sensors).status_code == 429
    assert Mail.objects.count() == mails


def test_the_code_in_an_address_opens_nothing(thief: Guard):
    for answer in (
        thief.browser.get("/card/", {"code": thief.code}),
        Client().post(f"/card/?code={thief.code}"),
        Client().get(f"/card/{thief.code}"),
    ):
        assert "Which box is gone?" not in answer.content.decode()


def test_nobody_reports_in_a_persons_name_or_for_another_time(fleet: Fleet, thief: Guard):
    sensor: Any = fleet.enrolled()
    thief.look_at_boxes()
    body = {"code": thief.code, "shown": thief.shown, "kind": "lost", "send": "1", "sensor": [sensor.pk]}
    thief.browser.post("/card/", body | {"reported_by": fleet.world.owner.pk, "received_at": "1999-01-01"})
    case = Case.objects.get()
    assert (case.reported_by, case.received_at.year > 2000) == (None, True)
