import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from notices.models import Mail
from pki.models import Certificate
from sensors.cases.operations.report_loss import report_loss
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.keys.release_decision import Outcome, Reason
from sensors.models import Case, CertificateRequest, EnrolmentCode, GatewaySlot, Measure, Sensor
from sensors.states import SensorState
from tenants.models import AuditEntry
from tests.support.fleet import ACTOR, Fleet, as_reported, new_csr


def test_it_refuses_the_disk_key_afterwards(fleet: Fleet):
    sensor = fleet.connected()
    certificate = fleet.certificate_of(sensor)
    before = release_disk_key(
        sensor=sensor, certificate=certificate, source=sensor.address, confirmation=as_reported(sensor)
    )
    fleet.reported(sensor)
    after = release_disk_key(
        sensor=sensor, certificate=certificate, source=sensor.address, confirmation=as_reported(sensor)
    )
    assert before.verdict.outcome is Outcome.RELEASED
    assert (after.verdict.outcome, after.verdict.reason) == (Outcome.REFUSED, Reason.CASE_OPEN)
    assert after.disk_key is None


def test_it_revokes_every_certificate_of_the_box(fleet: Fleet):
    sensor = fleet.enrolled()
    fleet.reported(sensor)
    assert not Certificate.objects.of_subject(sensor.subject).not_revoked().exists()


def test_it_tells_the_gateway_in_the_same_transaction(fleet: Fleet):
    sensor = fleet.enrolled()
    before = fleet.gateway.generation
    fleet.reported(sensor)
    slot = GatewaySlot.objects.get(sensor=sensor)
    assert slot.generation == fleet.gateway.generation == before + 1


def test_it_says_cutting_until_the_gateway_has_confirmed(fleet: Fleet):
    case = fleet.reported(fleet.connected())
    assert Sensor.objects.get(pk=case.sensor_id).state == SensorState.REPORTED
    assert case.confirmed_at is None
    assert Measure.objects.filter(case=case, done_at=None).count() == 2


def test_two_reports_make_one_case(fleet: Fleet):
    sensor = fleet.enrolled()
    first = fleet.reported(sensor)
    second = fleet.reported(sensor, by=fleet.world.manager)
    assert first.pk == second.pk
    assert Case.objects.count() == 1


def test_a_code_that_was_issued_before_is_refused_after(fleet: Fleet):
    sensor = fleet.register()
    issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    fleet.reported(sensor)
    assert not EnrolmentCode.objects.usable(timezone.now()).exists()


def test_a_request_that_waits_for_the_signer_is_never_signed(fleet: Fleet):
    sensor = fleet.register()
    request_enrolment(code=issue_sensor_code(sensor=sensor, issued_by=ACTOR), csr=new_csr(), source="192.0.2.1")
    fleet.reported(sensor)
    assert sign_waiting_certificates() == 0
    assert not Certificate.objects.of_subject(sensor.subject).exists()


def test_the_tunnel_key_that_waits_to_be_collected_is_erased(fleet: Fleet):
    sensor = fleet.enrolled()
    assert CertificateRequest.objects.get(sensor=sensor).tunnel_key
    fleet.reported(sensor)
    assert CertificateRequest.objects.get(sensor=sensor).tunnel_key == ""


def test_provider_and_contacts_are_told_and_strangers_are_not(fleet: Fleet):
    case = fleet.reported(fleet.enrolled())
    told = set(Mail.objects.filter(about=case.about).values_list("recipient", flat=True))
    assert told == {f"{name}@example.org" for name in ("administrator", "operator", "owner", "manager")}


def test_each_step_leaves_an_audit_row_that_names_the_reporter(fleet: Fleet):
    fleet.reported(fleet.enrolled())
    rows = AuditEntry.objects.filter(actor="person:owner@example.org").values_list("action", flat=True)
    assert list(rows) == ["case:open", "sensor:state:change", "certificate:revoke"]


def test_an_invalid_kind_changes_nothing(fleet: Fleet):
    sensor = fleet.enrolled()
    with pytest.raises(ValidationError):
        report_loss(sensor=sensor, kind="eaten", reported_by=fleet.world.owner, received_at=timezone.now())
    assert not Case.objects.exists()
    assert Certificate.objects.of_subject(sensor.subject).not_revoked().exists()


def test_a_retired_sensor_cannot_be_reported(fleet: Fleet):
    sensor = retire_sensor(sensor=fleet.enrolled(), retired_by=ACTOR)
    with pytest.raises(ValidationError, match="nothing left to cut off"):
        fleet.reported(sensor)


def test_it_wakes_the_signer_for_a_new_revocation_list(fleet: Fleet, woken, django_capture_on_commit_callbacks):
    sensor = fleet.enrolled()
    with django_capture_on_commit_callbacks(execute=True):
        fleet.reported(sensor)
    assert "sensors.tasks.publish_crl" in woken
