"""A box was found, or is given up: how its case ends."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from notices.models import Mail
from pki.models import Certificate, WrappedKey
from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.request_closing import request_closing
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.keys.release_decision import Outcome
from sensors.models import Case, CaseOutcome, Sensor, UnderlayAddress
from sensors.states import SensorState
from tenants.models import Approval, AuditEntry
from tests.support.fleet import ACTOR, Fleet, people_were_told, session_of
from tests.support.sensors.release_stories import ask_for_key

BACK = [CaseOutcome.GIVEN_BACK, CaseOutcome.FALSE_ALARM]


def ask_to_close(fleet: Fleet, case: Case, outcome: CaseOutcome = CaseOutcome.GIVEN_BACK, by: Any = None) -> Approval:
    return request_closing(case=case, outcome=outcome, reason="Seal unbroken.", requested_by=by or fleet.world.operator)


def close(fleet: Fleet, case: Case, outcome: CaseOutcome = CaseOutcome.GIVEN_BACK) -> Case:
    approval = ask_to_close(fleet, case, outcome)
    return close_case(case=case, approval=approval.pk, approved_by=fleet.world.manager)


def state_of(case: Case) -> str:
    return Sensor.objects.get(pk=case.sensor_id).state


@pytest.mark.parametrize("outcome", BACK)
def test_a_box_given_back_may_enrol_anew_and_nothing_it_had_is_good_again(fleet: Fleet, outcome: CaseOutcome):
    case = fleet.cut_off()
    old, address = fleet.certificate_of(case.sensor), case.sensor.address
    closed = close(fleet, case, outcome)
    assert (closed.outcome, state_of(case)) == (outcome, SensorState.RETURNED)
    answer = ask_for_key(fleet, Sensor.objects.get(pk=case.sensor_id), certificate=old)
    assert (answer.verdict.outcome, answer.disk_key) == (Outcome.REFUSED, None)
    assert not Certificate.objects.of_subject(case.sensor.subject).not_revoked().exists()
    new = fleet.enrol(case.sensor)
    sensor = Sensor.objects.get(pk=case.sensor_id)
    assert (sensor.state, sensor.address) == (SensorState.IN_SERVICE, address)
    assert list(Certificate.objects.of_subject(sensor.subject).not_revoked()) == [new]
    fleet.observe(up=[session_of(sensor)])
    assert ask_for_key(fleet, sensor, certificate=old).disk_key is None
    assert ask_for_key(fleet, sensor).disk_key is not None


@pytest.mark.parametrize("outcome", BACK)
def test_only_after_a_false_alarm_is_the_disk_key_the_old_one(fleet: Fleet, outcome: CaseOutcome):
    sensor = fleet.connected()
    before = ask_for_key(fleet, sensor).disk_key
    case = fleet.reported(sensor)
    fleet.observe(down=[sensor.subject], cuts=[fleet.cut_of(sensor)])
    close(fleet, case, outcome)
    fleet.enrol(sensor)
    fleet.observe(up=[session_of(sensor)])
    people_were_told()
    after = ask_for_key(fleet, sensor).disk_key
    assert before
    assert after
    assert (after == before) == (outcome is CaseOutcome.FALSE_ALARM)


def test_a_box_written_off_is_gone_for_good_with_its_key(fleet: Fleet):
    sensor = fleet.connected()
    assert ask_for_key(fleet, sensor).disk_key
    case = fleet.reported(sensor)
    fleet.observe(down=[sensor.subject], cuts=[fleet.cut_of(sensor)])
    generation = fleet.gateway.generation
    close(fleet, case, CaseOutcome.WRITTEN_OFF)
    assert state_of(case) == SensorState.RETIRED
    [sealed] = WrappedKey.objects.of(purpose="disk-key", subject=sensor.subject)
    assert (bytes(sealed.ciphertext), bytes(sealed.nonce)) == (b"", b"")
    assert UnderlayAddress.objects.get(address=sensor.address).released_at is not None
    assert fleet.gateway.generation == generation + 1
    with pytest.raises(ValidationError):
        issue_sensor_code(sensor=sensor, issued_by=ACTOR)


def test_until_somebody_agrees_nothing_changes(fleet: Fleet):
    case = fleet.cut_off()
    ask_to_close(fleet, case)
    assert state_of(case) == SensorState.CUT_OFF
    assert Case.objects.get(pk=case.pk).closed_at is None
    with pytest.raises(ValidationError):
        issue_sensor_code(sensor=case.sensor, issued_by=ACTOR)


def test_whoever_asked_does_not_agree_and_all_stays_as_it_was(fleet: Fleet):
    case = fleet.cut_off()
    approval = ask_to_close(fleet, case, CaseOutcome.WRITTEN_OFF)
    with pytest.raises(ValidationError, match="yourself"):
        close_case(case=case, approval=approval.pk, approved_by=fleet.world.operator)
    assert state_of(case) == SensorState.CUT_OFF
    assert Case.objects.get(pk=case.pk).closed_at is None
    assert UnderlayAddress.objects.get(address=case.sensor.address).released_at is None
    assert not WrappedKey.objects.exclude(destroyed_at=None).exists()


def test_an_approval_of_one_case_closes_no_other(fleet: Fleet):
    case, other = fleet.cut_off("box-1"), fleet.cut_off("box-2")
    approval = ask_to_close(fleet, case)
    with pytest.raises(ValidationError, match="decided meanwhile"):
        close_case(case=other, approval=approval.pk, approved_by=fleet.world.administrator)
    assert {state_of(case), state_of(other)} == {SensorState.CUT_OFF}


def test_one_approval_closes_once(fleet: Fleet):
    case = fleet.cut_off()
    approval = ask_to_close(fleet, case)
    close_case(case=case, approval=approval.pk, approved_by=fleet.world.manager)
    with pytest.raises(ValidationError, match="closed: Given back"):
        close_case(case=case, approval=approval.pk, approved_by=fleet.world.administrator)


def test_a_cut_that_no_gateway_has_confirmed_is_not_closed(fleet: Fleet):
    case = fleet.reported(fleet.connected())
    with pytest.raises(ValidationError, match="not yet said so"):
        ask_to_close(fleet, case)


def test_reported_again_in_between_it_is_not_agreed_to(fleet: Fleet):
    case = fleet.cut_off()
    approval = ask_to_close(fleet, case)
    assert fleet.reported(case.sensor, by=fleet.world.owner).pk == case.pk
    with pytest.raises(ValidationError, match="decided meanwhile"):
        close_case(case=case, approval=approval.pk, approved_by=fleet.world.manager)
    assert state_of(case) == SensorState.CUT_OFF


def test_a_report_after_it_opens_a_new_case(fleet: Fleet):
    case = fleet.cut_off()
    close(fleet, case)
    again = fleet.reported(case.sensor)
    assert again.pk != case.pk
    assert state_of(case) == SensorState.REPORTED
    fleet.observe(cuts=[fleet.cut_of(case.sensor)])
    assert Case.objects.get(pk=again.pk).confirmed_at is not None


def test_all_of_it_is_in_the_audit_trail_and_people_are_told(fleet: Fleet):
    case = fleet.cut_off()
    Mail.objects.all().delete()
    close(fleet, case)
    last = AuditEntry.objects.order_by("-pk")[:4]
    assert [(row.action, row.actor) for row in reversed(last)] == [
        ("approval:request", str(fleet.world.operator.actor)),
        ("approval:approved", str(fleet.world.manager.actor)),
        ("sensor:state:change", str(fleet.world.manager.actor)),
        ("case:close", str(fleet.world.manager.actor)),
    ]
    subjects = set(Mail.objects.filter(recipient=fleet.world.owner.email).values_list("subject", flat=True))
    assert subjects == {
        f"{case.called} Needs a second person: given back, sensor box-1 of Harbour Logistics",
        f"{case.called} Given back: case of sensor box-1 of Harbour Logistics is closed",
    }
    assert "Seal unbroken." in Mail.objects.filter(subject__contains="Needs").first().body  # type: ignore[union-attr]
