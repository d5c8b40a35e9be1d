import pytest
from django.core.exceptions import ValidationError

from pki.models import Certificate
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import CodeRefused, request_enrolment
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.models import CertificateRequest, EnrolmentCode, Sensor, UnderlayAddress
from sensors.states import SensorState
from tests.support.audit_rows import actions
from tests.support.fleet import ACTOR, Fleet, new_csr


def retire(sensor: Sensor) -> Sensor:
    return retire_sensor(sensor=sensor, retired_by=ACTOR)


def test_the_row_stays_and_everything_that_lets_it_in_ends(fleet: Fleet):
    sensor = fleet.connected()
    before = fleet.gateway.generation
    retire(sensor)
    assert Sensor.objects.get(pk=sensor.pk).state == SensorState.RETIRED
    assert not Certificate.objects.of_subject(sensor.subject).not_revoked().exists()
    assert Certificate.objects.of_subject(sensor.subject).get().revocation.reason == "cessationOfOperation"
    assert CertificateRequest.objects.get(sensor=sensor).tunnel_key == ""
    assert UnderlayAddress.objects.get(address=sensor.address).released_at is not None
    assert fleet.gateway.generation == before + 1
    assert actions(f"sensor:{sensor.subject}")[-1] == "sensor:state:change"


def test_a_code_of_before_is_refused_after(fleet: Fleet):
    sensor = fleet.register()
    code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    retire(sensor)
    assert not EnrolmentCode.objects.filter(revoked_at=None).exists()
    with pytest.raises(CodeRefused):
        request_enrolment(code=code, csr=new_csr(), source="192.0.2.1")


def test_a_request_that_waits_is_not_signed(fleet: Fleet):
    sensor = fleet.register()
    request_enrolment(code=issue_sensor_code(sensor=sensor, issued_by=ACTOR), csr=new_csr(), source="192.0.2.1")
    retire(sensor)
    assert sign_waiting_certificates() == 0
    assert not Certificate.objects.exists()


def test_with_an_open_case_it_is_refused_and_nothing_changes(fleet: Fleet):
    sensor = fleet.connected()
    fleet.reported(sensor)
    generation = fleet.gateway.generation
    with pytest.raises(ValidationError, match="open case"):
        retire(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    with pytest.raises(ValidationError, match="open case"):
        retire(sensor)
    assert Sensor.objects.get(pk=sensor.pk).state == SensorState.CUT_OFF
    assert UnderlayAddress.objects.get(address=sensor.address).released_at is None
    assert fleet.gateway.generation == generation


def test_twice_is_refused_and_the_address_rests_from_the_first_time_on(fleet: Fleet):
    sensor = retire(fleet.enrolled())
    rests = UnderlayAddress.objects.get().released_at
    with pytest.raises(ValidationError, match="retired already"):
        retire(sensor)
    assert UnderlayAddress.objects.get().released_at == rests


def test_its_name_is_not_free_again_at_its_site(fleet: Fleet):
    """Revocations and the audit trail speak of it by that name."""
    retire(fleet.enrolled())
    with pytest.raises(ValidationError):
        fleet.register()
