import pytest

from pki.authority.x509 import CsrRefused
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.request_renewal import RenewalRefused, request_renewal
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.models import CertificateRequest, Sensor
from tests.support.audit_rows import actions
from tests.support.fleet import ACTOR, Fleet, new_csr, renewal


def test_it_waits_for_the_signer_and_is_noted(fleet: Fleet, woken, django_capture_on_commit_callbacks):
    sensor = fleet.enrolled()
    with django_capture_on_commit_callbacks(execute=True):
        request = request_renewal(sensor=sensor, **renewal(sensor))
    assert list(CertificateRequest.objects.waiting()) == [request]
    assert actions(f"sensor:{sensor.subject}")[-1] == "sensor:renewal:request"
    assert woken == ["sensors.tasks.sign_certificates"]


def test_the_same_csr_again_is_the_same_request_before_and_after_it_is_signed(fleet: Fleet):
    sensor, csr = fleet.enrolled(), new_csr()
    first = request_renewal(sensor=sensor, **renewal(sensor, csr))
    assert request_renewal(sensor=sensor, **renewal(sensor, csr)).pk == first.pk
    sign_waiting_certificates()
    again = request_renewal(sensor=sensor, **renewal(sensor, csr))
    assert (again.pk, again.certificate is not None) == (first.pk, True)


def test_a_later_request_replaces_the_one_that_waits(fleet: Fleet):
    sensor = fleet.enrolled()
    first = request_renewal(sensor=sensor, **renewal(sensor))
    second = request_renewal(sensor=sensor, **renewal(sensor))
    assert list(CertificateRequest.objects.waiting()) == [second]
    first.refresh_from_db()
    assert first.refused_because == "replaced by a later request"


def test_a_box_that_goes_back_to_an_earlier_key_gets_its_certificate(fleet: Fleet):
    """It asks once a second: each time must find the request that waits, not make another in its place."""
    sensor, earlier = fleet.enrolled(), new_csr()
    request_renewal(sensor=sensor, **renewal(sensor, earlier))
    request_renewal(sensor=sensor, **renewal(sensor))
    back = request_renewal(sensor=sensor, **renewal(sensor, earlier))
    assert request_renewal(sensor=sensor, **renewal(sensor, earlier)).pk == back.pk
    sign_waiting_certificates()
    assert request_renewal(sensor=sensor, **renewal(sensor, earlier)).certificate is not None
    assert CertificateRequest.objects.filter(sensor=sensor, code=None).count() == 3


def test_an_enrolment_that_waits_is_not_replaced(fleet: Fleet):
    sensor = fleet.enrolled()
    code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    enrolment = request_enrolment(code=code, csr=new_csr(), source="192.0.2.1")
    request_renewal(sensor=sensor, **renewal(sensor))
    assert CertificateRequest.objects.waiting().filter(pk=enrolment.pk).exists()


def test_another_sensors_request_for_the_same_key_is_another(fleet: Fleet):
    csr = new_csr()
    sensors = [fleet.enrolled("box-1"), fleet.enrolled("box-2")]
    one, other = (request_renewal(sensor=sensor, **renewal(sensor, csr)) for sensor in sensors)
    assert one.pk != other.pk
    assert CertificateRequest.objects.waiting().count() == 2


@pytest.mark.parametrize("end", ["never enrolled", "reported", "retired"])
def test_a_sensor_out_of_service_is_refused(fleet: Fleet, end: str):
    sensor: Sensor = fleet.register() if end == "never enrolled" else fleet.enrolled()
    if end == "reported":
        fleet.reported(sensor)
    if end == "retired":
        retire_sensor(sensor=sensor, retired_by=ACTOR)
    with pytest.raises(RenewalRefused):
        request_renewal(sensor=sensor, **renewal(sensor))
    assert not CertificateRequest.objects.waiting().exists()


def test_a_bad_csr_is_refused_and_leaves_the_one_that_waits(fleet: Fleet):
    sensor = fleet.enrolled()
    waiting = request_renewal(sensor=sensor, **renewal(sensor))
    with pytest.raises(CsrRefused):
        request_renewal(sensor=sensor, csr="rubbish", proof="")
    assert list(CertificateRequest.objects.waiting()) == [waiting]
