"""Closing a case in the browser: who sees which step, and what each press does."""

from typing import Any

import pytest
from django.test import Client

from accounts.operations.invite_person import invite_person
from sensors.cases.operations.request_closing import request_closing
from sensors.models import Case, CaseOutcome, Sensor
from tenants.models import Approval
from tests.support.fleet import Fleet
from tests.support.signed_in import As


def path_of(case: Case) -> str:
    return f"/cases/{case.pk}/closing/"


def ask(client: Client, case: Case, outcome: str = "given-back", **different: str) -> Any:
    values = {"outcome": outcome, "reason": "Seal unbroken, found in the cellar."}
    return client.post(path_of(case), values | different)


def decide(client: Client, case: Case, do: str, approval: str | None = None) -> Any:
    waiting = Approval.objects.latest("requested_at")
    return client.post(f"/decisions/{approval or waiting.pk}/", {"do": do})


def read(client: Client, case: Case) -> str:
    """What the page of the decision says, by way of the case's."""
    return str(client.get(path_of(case), follow=True).content.decode())


def test_one_asks_another_agrees_and_the_case_is_closed(fleet: Fleet, signed_in: As):
    case, world = fleet.cut_off(), fleet.world
    operator, manager = signed_in(world.operator), signed_in(world.manager)
    assert path_of(case) in operator.get(f"/cases/{case.pk}/").content.decode()
    assert ask(operator, case).status_code == 302
    page = manager.get(f"/cases/{case.pk}/").content.decode()
    assert "Given back? Waits for a second person" in page
    assert f"/decisions/{Approval.objects.get().pk}/" in page
    assert "Seal unbroken, found in the cellar." in read(manager, case)
    assert decide(manager, case, "agree").status_code == 302
    assert Case.objects.get(pk=case.pk).outcome == CaseOutcome.GIVEN_BACK
    page = manager.get(f"/cases/{case.pk}/").content.decode()
    assert "Closed: given back" in page
    assert "Cut off</h1>" not in page
    assert "Waiting for the box to enrol again" in manager.get(f"/sensors/{case.sensor_id}/").content.decode()


def test_whoever_asked_is_offered_no_agreement_and_gets_none_by_sending_the_form(fleet: Fleet, signed_in: As):
    case, operator = fleet.cut_off(), signed_in(fleet.world.operator)
    ask(operator, case)
    page = read(operator, case)
    assert 'value="agree"' not in page
    assert "Take the request back" in page
    answer = decide(operator, case, "agree")
    assert answer.status_code == 409
    assert "You have asked for this yourself" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).closed_at is None


def test_a_contact_cannot_agree_but_can_object(fleet: Fleet, signed_in: As):
    case, contact = fleet.cut_off(), signed_in(fleet.world.owner)
    ask(signed_in(fleet.world.operator), case)
    assert 'value="agree"' not in read(contact, case)
    assert decide(contact, case, "agree").status_code == 409
    assert decide(contact, case, "refuse").status_code == 302
    assert Approval.objects.get().verdict == "refused"
    assert decide(signed_in(fleet.world.manager), case, "agree").status_code == 409
    assert Case.objects.get(pk=case.pk).closed_at is None


def test_a_decision_on_a_request_that_was_replaced_does_nothing(fleet: Fleet, signed_in: As):
    """Read: false alarm. Meanwhile: written off."""
    case, operator, manager = fleet.cut_off(), signed_in(fleet.world.operator), signed_in(fleet.world.manager)
    ask(operator, case, "false-alarm")
    read = str(Approval.objects.get().pk)
    decide(operator, case, "refuse")
    ask(operator, case, "written-off", typed_name=case.sensor.name)
    answer = decide(manager, case, "agree", read)
    assert answer.status_code == 409
    assert Case.objects.get(pk=case.pk).closed_at is None


def test_a_decision_when_nothing_waits_any_more_says_so(fleet: Fleet, signed_in: As):
    case, operator, staff = fleet.cut_off(), signed_in(fleet.world.operator), signed_in(fleet.world.administrator)
    ask(operator, case)
    decide(operator, case, "refuse")
    answer = decide(staff, case, "agree")
    assert answer.status_code == 409
    assert "decided meanwhile" in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "box-2", "BOX-1"])
def test_to_write_it_off_its_name_is_typed(fleet: Fleet, signed_in: As, typed: str):
    case, operator = fleet.cut_off(), signed_in(fleet.world.operator)
    answer = ask(operator, case, "written-off", typed_name=typed)
    assert answer.status_code == 422
    assert "Type box-1" in answer.content.decode()
    assert "Seal unbroken" in answer.content.decode()  # nothing that was typed is lost
    assert not Approval.objects.exists()
    assert ask(operator, case, "written-off", typed_name=" box-1 ").status_code == 302


@pytest.mark.parametrize("values", [{"reason": ""}, {"outcome": "sold"}, {"reason": "x" * 1001}, {"reason": "a\0b"}])
def test_a_request_with_something_wrong_is_not_made(fleet: Fleet, signed_in: As, values: dict[str, str]):
    case = fleet.cut_off()
    assert ask(signed_in(fleet.world.operator), case, **values).status_code == 422
    assert not Approval.objects.exists()


def test_before_the_gateway_has_confirmed_there_is_nothing_to_close(fleet: Fleet, signed_in: As):
    case, operator = fleet.reported(fleet.connected()), signed_in(fleet.world.operator)
    assert path_of(case) not in operator.get(f"/cases/{case.pk}/").content.decode()
    assert ask(operator, case).status_code == 302
    assert not Approval.objects.exists()


def test_a_report_sent_from_a_page_that_was_open_meanwhile_takes_the_request_away(fleet: Fleet, signed_in: As):
    case = fleet.cut_off()
    request_closing(case=case, outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=fleet.world.operator)
    answer = signed_in(fleet.world.owner).post(f"/sensors/{case.sensor_id}/report/", {"kind": "stolen"})
    assert answer["Location"] == f"/cases/{case.pk}/"
    assert Approval.objects.get().verdict == "overtaken"
    assert Sensor.objects.get(pk=case.sensor_id).state == "cut-off"


def test_whose_account_does_not_count_is_told_so_and_offered_no_agreement(fleet: Fleet, signed_in: As):
    invited = invite_person(
        email="new@example.org",
        name="New",
        phone="",
        customer=fleet.world.harbour,
        role="manager",
        invited_by=fleet.world.administrator.actor,
    )
    case, new = fleet.cut_off(), signed_in(invited)
    ask(signed_in(fleet.world.operator), case)
    page = read(new, case)
    assert 'value="agree"' not in page
    assert "does not count as one of two people" in page
    assert "No: it stays cut off" in page
    answer = decide(new, case, "agree")
    assert answer.status_code == 409
    assert "does not count as one of two people" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).closed_at is None


def test_whose_account_does_not_count_asks_for_nothing(fleet: Fleet, signed_in: As):
    invited = invite_person(
        email="new@example.org",
        name="New",
        phone="",
        customer=None,
        role="operator",
        invited_by=fleet.world.administrator.actor,
    )
    answer = ask(signed_in(invited), fleet.cut_off())
    assert answer.status_code == 422
    assert "does not count as one of two people" in answer.content.decode()
    assert not Approval.objects.exists()
