import pytest
from cryptography import x509

from pki.authority.signers import SignerUnavailable, configured_signer
from pki.models import Authority, Certificate
from sensors.enrolment.operations import sign_waiting_certificates as module
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.request_renewal import request_renewal
from sensors.enrolment.operations.sign_certificate import sign_certificate
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.models import CertificateRequest, Sensor
from sensors.states import SensorState
from tenants.models import AuditEntry
from tests.support.audit_rows import actions
from tests.support.fleet import ACTOR, Fleet, new_csr, renewal


def ask(sensor: Sensor, csr: str | None = None) -> CertificateRequest:
    code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    return request_enrolment(code=code, csr=csr or new_csr(), source="198.51.100.21")


def sign_now(request: CertificateRequest) -> Certificate | None:
    return sign_certificate(request=request, authority=Authority.objects.current(), signer=configured_signer())


def state_of(sensor: Sensor) -> str:
    return Sensor.objects.get(pk=sensor.pk).state


def test_until_it_is_signed_the_sensor_is_not_in_service(fleet: Fleet):
    sensor = fleet.register()
    ask(sensor)
    assert state_of(sensor) == SensorState.REGISTERED
    assert sign_waiting_certificates() == 1
    assert state_of(sensor) == SensorState.IN_SERVICE
    assert sign_waiting_certificates() == 0


def test_the_certificate_is_for_the_subject_whatever_the_request_says(fleet: Fleet):
    sensor = fleet.register()
    certificate = sign_now(ask(sensor, new_csr("g-aaaaaaaaaaaa")))
    assert certificate is not None
    made = x509.load_der_x509_certificate(bytes(certificate.der))
    names = made.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert [name.value for name in names] == [sensor.subject]
    assert (certificate.subject, certificate.profile) == (sensor.subject, "sensor")


def test_the_gateway_is_told(fleet: Fleet):
    request = ask(fleet.register())
    before = fleet.gateway.generation
    sign_now(request)
    assert fleet.gateway.generation == before + 1


def test_it_makes_a_tunnel_key_for_a_new_box(fleet: Fleet):
    request = ask(fleet.register())
    sign_now(request)
    request.refresh_from_db()
    assert "BEGIN OpenVPN tls-crypt-v2 client key" in request.tunnel_key
    assert request.signed_at is not None


def test_a_new_enrolment_revokes_what_the_old_box_held(fleet: Fleet):
    sensor = fleet.enrolled()
    old = fleet.certificate_of(sensor)
    new = fleet.enrol(sensor)
    assert list(Certificate.objects.of_subject(sensor.subject).not_revoked()) == [new]
    assert old.revocation.reason == "superseded"


def test_a_renewal_revokes_nothing_and_makes_no_tunnel_key(fleet: Fleet):
    sensor = fleet.enrolled()
    request = request_renewal(sensor=sensor, **renewal(sensor))
    before = fleet.gateway.generation
    sign_now(request)
    request.refresh_from_db()
    assert Certificate.objects.of_subject(sensor.subject).not_revoked().count() == 2
    assert request.tunnel_key == ""
    assert fleet.gateway.generation == before + 1


def test_another_sensors_certificates_are_left_alone(fleet: Fleet):
    other = fleet.enrolled("box-2")
    fleet.enrol(fleet.enrolled("box-1"))
    assert Certificate.objects.of_subject(other.subject).not_revoked().count() == 1


@pytest.mark.parametrize("renews", [False, True], ids=["enrolment", "renewal"])
def test_a_reported_box_gets_no_certificate_even_if_its_request_was_overlooked(fleet: Fleet, *, renews: bool):
    sensor = fleet.enrolled()
    request = request_renewal(sensor=sensor, **renewal(sensor)) if renews else ask(sensor)
    fleet.reported(sensor)
    CertificateRequest.objects.filter(pk=request.pk).update(refused_because="")
    count = Certificate.objects.count()
    assert sign_now(request) is None
    request.refresh_from_db()
    assert request.refused_because == "the sensor is reported"
    assert Certificate.objects.count() == count
    assert actions(f"sensor:{sensor.subject}")[-1] == "certificate:refuse"


def test_a_request_that_was_dealt_with_is_not_signed_again(fleet: Fleet):
    request = ask(fleet.register())
    assert sign_now(request) is not None
    assert sign_now(request) is None
    assert Certificate.objects.count() == 1


def test_a_csr_that_was_changed_in_the_database_is_refused(fleet: Fleet):
    request = ask(fleet.register())
    CertificateRequest.objects.filter(pk=request.pk).update(csr="rubbish")
    assert sign_now(request) is None
    request.refresh_from_db()
    assert request.refused_because
    assert not Certificate.objects.exists()


def test_without_the_cas_key_it_stays_waiting_and_is_signed_when_the_key_is_back(fleet: Fleet, settings):
    request = ask(fleet.register())
    file, settings.CA_KEY_FILE = settings.CA_KEY_FILE, None
    with pytest.raises(SignerUnavailable):
        sign_waiting_certificates()
    assert list(CertificateRequest.objects.waiting()) == [request]
    settings.CA_KEY_FILE = file
    assert sign_waiting_certificates() == 1


def test_one_that_cannot_be_signed_holds_up_no_other_and_stays_waiting(fleet: Fleet, monkeypatch):
    first, second = ask(fleet.register("box-1")), ask(fleet.register("box-2"))

    def fail_for_first(*, request: CertificateRequest, **rest: object) -> Certificate | None:
        if request.pk == first.pk:
            raise RuntimeError("the signer stumbles")
        return sign_now(request)

    monkeypatch.setattr(module, "sign_certificate", fail_for_first)
    assert module.sign_waiting_certificates() == 1
    assert list(CertificateRequest.objects.waiting()) == [first]
    second.refresh_from_db()
    assert second.certificate is not None


def test_a_gateway_gets_its_own_profile_and_its_audit_row_in_the_providers_chain(fleet: Fleet):
    certificate = fleet.enrol_gateway()
    assert (certificate.subject, certificate.profile) == (fleet.gateway.subject, "gateway")
    entry = AuditEntry.objects.get(action="certificate:issue", subject=f"gateway:{fleet.gateway.subject}")
    assert entry.chain.customer is None
    assert entry.details["serial"] == certificate.serial


def test_the_audit_trail_tells_the_whole_enrolment(fleet: Fleet):
    sensor = fleet.enrolled()
    assert actions(f"sensor:{sensor.subject}") == [
        "sensor:register",
        "sensor:enrolment-code:issue",
        "sensor:enrolment:request",
        "sensor:state:change",
        "certificate:issue",
    ]
