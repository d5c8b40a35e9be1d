"""Promise 6, the other half: there is a way back, it needs two people and new certificates, and nothing else is one."""

from typing import Any

import pytest
from django.test import Client

from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.request_closing import request_closing
from sensors.models import Case, CaseOutcome, EnrolmentCode, Sensor
from sensors.states import SensorState
from tenants.models import Approval
from tests.support.fleet import ACTOR, Fleet, session_of
from tests.support.still_cut import assert_still_cut, entry_of

ROLES = ("administrator", "operator", "auditor", "manager", "owner", "viewer", "stranger")
ALONE = ("administrator", "operator")  # who may ask, and so must not agree


def signed_in(person: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def send_everything(client: Client, case: Case, approval: str) -> None:
    """What a page or a call would have sent, and what neither offers."""
    api = f"/api/v1/cases/{case.pk}/closing/"
    for outcome in CaseOutcome:
        body = {"outcome": outcome.value, "reason": "Found.", "approval": approval, "typed_name": case.sensor.name}
        for do in ("agree", "approve", "ask", "agree", ""):
            client.post(f"/cases/{case.pk}/closing/", body)
            client.post(f"/decisions/{approval}/", body | {"do": do})
        for path in ("agree/", "", "agree/", "refuse/agree/"):
            client.post(api + path, body, content_type="application/json")


def own_request(case: Case) -> str:
    waiting = Approval.objects.undecided().filter(about=case.about).first()
    return str(waiting.pk) if waiting else "00000000-0000-4000-8000-000000000000"


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_nobody_alone_gives_a_box_back_whatever_they_send(fleet: Fleet, role: str):
    case = fleet.cut_off()
    certificate = fleet.certificate_of(case.sensor)
    client = signed_in(getattr(fleet.world, role))
    for _ in range(2):
        send_everything(client, case, own_request(case))
    assert (Approval.objects.undecided().count() == 1) == (role in ALONE)
    assert Case.objects.get(pk=case.pk).closed_at is None
    assert Sensor.objects.get(pk=case.sensor_id).state == SensorState.CUT_OFF
    client.post(f"/api/v1/sensors/{case.sensor_id}/enrolment-code/")
    assert not EnrolmentCode.objects.filter(sensor=case.sensor, used_at=None).exists()
    assert_still_cut(fleet, certificate)


def test_the_second_person_without_a_request_of_a_first_gives_nothing_back(fleet: Fleet):
    case = fleet.cut_off()
    send_everything(signed_in(fleet.world.manager), case, own_request(case))
    assert not Approval.objects.exists()
    assert Case.objects.get(pk=case.pk).closed_at is None


@pytest.mark.parametrize("outcome", [CaseOutcome.GIVEN_BACK, CaseOutcome.FALSE_ALARM])
def test_given_back_by_two_the_old_certificate_stays_cut(fleet: Fleet, outcome: CaseOutcome):
    case = fleet.cut_off()
    old = fleet.certificate_of(case.sensor)
    approval = request_closing(case=case, outcome=outcome, reason="Found.", requested_by=fleet.world.operator)
    close_case(case=case, approval=approval.pk, approved_by=fleet.world.manager)
    assert not entry_of(fleet, case.sensor)["allowed"]
    assert_still_cut(fleet, old)
    new = fleet.enrol(case.sensor)
    assert (entry_of(fleet, case.sensor)["allowed"], entry_of(fleet, case.sensor)["serials"]) == (True, [new.serial])
    fleet.observe(up=[session_of(case.sensor)])
    assert_still_cut(fleet, old)


@pytest.mark.long
def test_what_was_agreed_to_once_gives_nothing_back_a_second_time(fleet: Fleet):
    """Found, given back, stolen again: the same two people's word of before is worth nothing."""
    case = fleet.cut_off()
    approval = request_closing(
        case=case, outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=fleet.world.operator
    )
    close_case(case=case, approval=approval.pk, approved_by=fleet.world.manager)
    fleet.enrol(case.sensor)
    again = fleet.reported(case.sensor)
    fleet.observe(cuts=[fleet.cut_of(case.sensor)])
    manager = signed_in(fleet.world.manager)
    for about in (case, again):
        send_everything(manager, about, str(approval.pk))
    assert Case.objects.get(pk=again.pk).closed_at is None
    assert_still_cut(fleet, fleet.certificate_of(case.sensor))


def test_whoever_lost_their_role_in_between_does_not_count(fleet: Fleet):
    from tenants.operations.grant_role import revoke_roles

    case = fleet.cut_off()
    operator = signed_in(fleet.world.operator)
    operator.post(f"/cases/{case.pk}/closing/", {"outcome": "given-back", "reason": "Found."})
    revoke_roles(person=fleet.world.operator, revoked_by=ACTOR)
    send_everything(signed_in(fleet.world.manager), case, own_request(case))
    assert Case.objects.get(pk=case.pk).closed_at is None
    assert_still_cut(fleet, fleet.certificate_of(case.sensor))
