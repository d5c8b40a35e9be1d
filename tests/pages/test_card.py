"""The page of a loss card, for somebody without an account."""

import logging
from typing import Any

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.test import Client

from sensors.cases.operations.move_sensor import move_sensor
from sensors.cases.operations.revoke_loss_card import revoke_loss_card
from sensors.models import Case, LossCard, Sensor
from tenants.models import AuditEntry
from tenants.operations.register_site import register_site
from tests.support.fleet import ACTOR, Fleet
from tests.support.loss_cards import Guard, card_of
from tests.support.purses import fill_purses

WRONG = "ACDEF-GHJKM-NPQRT-WXY34-679AC"


def test_the_code_leads_to_the_boxes_of_its_site_and_to_nothing_else_of_the_customer(fleet: Fleet):
    fleet.connected()
    fleet.connected("box-2", fleet.world.dairy, "198.51.100.22")
    answer = Guard(card_of(fleet)[1]).look_at_boxes()
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Quay 7", "box-1", "Lost", "Stolen", "Cut off now"):
        assert words in text
    for words in ("box-2", "Dairy", "Harbour Logistics", "198.51.100", "10.88.", "gateway-1", "Owner", "@example.org"):
        assert words not in text


def test_it_cuts_off_and_says_which_case_without_a_session(fleet: Fleet):
    sensor = fleet.connected()
    card, code = card_of(fleet)
    guard = Guard(code)
    text = guard.report(sensor, kind="lost").content.decode()
    case = Case.objects.get()
    assert (case.kind, case.reported_by, case.reported_with, case.sensor) == ("lost", None, card, sensor)
    assert Sensor.objects.get(pk=sensor.pk).state == "reported"
    assert "Being cut off" in text
    assert case.called in text
    assert set(guard.browser.cookies) <= {"csrftoken", "__Host-csrftoken"}
    assert not BrowserSession.objects.exists()


def test_looking_again_says_when_it_is_cut_off_and_reports_nothing(fleet: Fleet):
    sensor, other = fleet.connected(), fleet.connected("box-2")
    guard = Guard(card_of(fleet)[1])
    guard.report(sensor)
    fleet.observe(down=[sensor.subject], cuts=[fleet.cut_of(sensor)])
    look = {"code": guard.code, "look": "1", "sensor": [sensor.pk, other.pk]}
    text = guard.browser.post("/card/", look).content.decode()
    assert "Its gateway has seen that the tunnel is gone." in text
    assert "box-2" not in text
    assert Case.objects.count() == 1


@pytest.mark.parametrize("change", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}\n"])
def test_a_code_is_read_however_it_is_typed(fleet: Fleet, change: Any):
    code = card_of(fleet)[1]
    assert Guard(change(code)).look_at_boxes().status_code == 200


def test_unknown_revoked_and_malformed_are_one_answer(fleet: Fleet):
    card, code = card_of(fleet)
    revoke_loss_card(card=card, revoked_by=fleet.world.manager)
    answers = []
    for wrong in (code, WRONG, "", "x", "\0", "ä" * 500, f"{WRONG}A"):
        fill_purses()
        answer = Client().post("/card/", {"code": wrong})
        answers.append((answer.status_code, answer.content.decode().replace(csrf_of(answer), "")))
    assert {status for status, _ in answers} == {422}
    assert len(set(answers)) == 1
    assert "This code is not good" in answers[0][1]
    assert "+44 20 7946 0100" in answers[0][1] or "Call your provider" in answers[0][1]


def csrf_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


def test_guessing_is_throttled_and_keeps_no_right_code_out(fleet: Fleet):
    code = card_of(fleet)[1]
    guesser = Guard(WRONG, "203.0.113.5")
    statuses = [guesser.look_at_boxes().status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    assert Guard(WRONG, "203.0.113.6").look_at_boxes().status_code == 422
    assert Guard(code, "203.0.113.5").look_at_boxes().status_code == 200


def test_many_addresses_have_one_budget_together(fleet: Fleet):
    code = card_of(fleet)[1]
    statuses = [Guard(WRONG, f"198.18.0.{number}").look_at_boxes().status_code for number in range(105)]
    assert statuses[:100] == [422] * 100
    assert 429 in statuses[100:]
    assert Guard(code).look_at_boxes().status_code == 200


def test_a_card_cuts_off_no_box_of_another_site(fleet: Fleet):
    fleet.connected()
    theirs = fleet.connected("box-2", fleet.world.dairy, "198.51.100.22")
    answer = Guard(card_of(fleet)[1]).report(theirs)
    assert answer.status_code == 422
    # By the form, which offers no other; that the operation refuses it as well has a test of its own.
    assert "It must be one of these." in answer.content.decode()
    assert "box-2" not in answer.content.decode()
    assert not Case.objects.exists()


def test_a_box_that_has_moved_away_is_not_offered_any_more(fleet: Fleet):
    sensor = fleet.connected()
    guard = Guard(card_of(fleet)[1])
    guard.look_at_boxes()
    depot = register_site(
        customer=fleet.world.harbour, name="Depot", expected_networks=["198.51.100.30/32"], registered_by=ACTOR
    )
    move_sensor(sensor=sensor, site=depot, gateway=fleet.gateway, moved_by=ACTOR)
    assert guard.report(sensor).status_code == 422
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "spoil",
    [{"shown": ""}, {"shown": "1:x:y"}, {"kind": ""}, {"kind": "eaten"}, {"sensor": []}, {"sensor": ["x\0"]}],
    ids=str,
)
def test_what_cannot_be_taken_is_asked_again_and_changes_nothing(fleet: Fleet, spoil: dict[str, Any]):
    sensor = fleet.connected()
    guard = Guard(card_of(fleet)[1])
    guard.look_at_boxes()
    body = {"code": guard.code, "shown": guard.shown, "kind": "lost", "send": "1", "sensor": [sensor.pk]}
    answer = guard.browser.post("/card/", body | spoil)
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert not Case.objects.exists()


def test_one_cards_page_is_good_for_no_other_card(fleet: Fleet):
    sensor = fleet.connected()
    first, second = Guard(card_of(fleet, fleet.world.dairy, fleet.world.stranger)[1]), Guard(card_of(fleet)[1])
    first.look_at_boxes()
    second.shown = first.shown
    assert second.report(sensor).status_code == 422


def test_more_than_three_boxes_in_an_hour_wait_for_a_call(fleet: Fleet):
    sensors = [fleet.connected(f"box-{number}") for number in range(1, 6)]
    answer = Guard(card_of(fleet)[1]).report(*sensors)
    text = answer.content.decode()
    assert answer.status_code == 429
    assert Case.objects.count() == 3
    assert "Call now: 2 NOT cut off" in text
    assert list(Sensor.objects.filter(state="in-service").values_list("name", flat=True)) == ["box-4", "box-5"]


def test_it_is_never_sent_without_the_forms_token(fleet: Fleet):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/card/", {"code": card_of(fleet)[1]})
    assert answer.status_code == 403


def test_the_code_is_kept_nowhere_and_stands_in_no_address(fleet: Fleet, caplog: pytest.LogCaptureFixture):
    sensor = fleet.connected()
    card, code = card_of(fleet)
    with caplog.at_level(logging.DEBUG):
        guard = Guard(code)
        page = guard.look_at_boxes()
        answer = guard.report(sensor)
    bare = code.replace("-", "")
    for each in (page, answer):
        assert each["Cache-Control"].count("no-store") == 1
        assert "Location" not in each
        assert f"?{code}" not in each.content.decode()
    rows = [repr(entry.details) + entry.subject + entry.actor for entry in AuditEntry.objects.all()]
    kept = [*rows, *(record.getMessage() for record in caplog.records), str(vars(LossCard.objects.get()))]
    for text in kept:
        assert code not in text
        assert bare not in text
    assert card.digest not in page.content.decode()


def test_the_audit_trail_names_the_card(fleet: Fleet):
    card, code = card_of(fleet)
    Guard(code).report(fleet.connected())
    actions = AuditEntry.objects.filter(actor=f"card:{card.pk}").values_list("action", flat=True)
    assert list(actions) == ["case:open", "sensor:state:change", "certificate:revoke"]
