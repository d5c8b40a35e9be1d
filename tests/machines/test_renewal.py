import pytest
from cryptography import x509

from pki.models import Certificate
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.models import CertificateRequest, Sensor
from tests.support.fleet import Fleet, new_csr, renewal
from tests.support.machines_door import Machine, reason_of

PATH = "/v1/certificate"


def test_it_waits_for_the_signer_and_is_then_answered_with_certificate_and_chain(fleet: Fleet, box: Machine):
    body = renewal(Sensor.objects.get())
    waiting = box.post(PATH, body)
    sign_waiting_certificates()
    signed = box.post(PATH, body)
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "1")
    assert signed.status_code == 201
    assert set(signed.json()) == {"certificate", "chain"}
    assert signed.json()["chain"] == fleet.authority.pem
    assert signed.json()["certificate"] == Certificate.objects.latest("pk").pem


def test_the_same_request_sent_again_makes_no_second_certificate(box: Machine):
    body = renewal(Sensor.objects.get())
    assert [box.post(PATH, body).status_code for _ in range(3)] == [202, 202, 202]
    assert sign_waiting_certificates() == 1
    assert box.post(PATH, body).json() == box.post(PATH, body).json()
    assert sign_waiting_certificates() == 0


def test_the_names_that_a_box_asks_for_are_ignored(fleet: Fleet, box: Machine):
    """A sensor that asks to be the gateway, the door or its neighbour is given its own name."""
    own = Sensor.objects.get()
    present = fleet.certificate_of(own)
    for wanted in (fleet.gateway.subject, "machines-door", fleet.enrolled("box-2").subject):
        body = renewal(own, new_csr(wanted), by=present)
        box.post(PATH, body)
        sign_waiting_certificates()
        pem = box.post(PATH, body).json()["certificate"]
        names = x509.load_pem_x509_certificate(pem.encode()).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        assert [name.value for name in names] == [own.subject]
        assert Certificate.objects.latest("pk").profile == "sensor"


def test_the_new_certificate_serves_and_so_does_the_one_before(box: Machine):
    body = renewal(Sensor.objects.get())
    box.post(PATH, body)
    sign_waiting_certificates()
    renewed = Machine.with_certificate(Certificate.objects.latest("pk"), str(box.address))
    assert renewed.post("/v1/disk-key").content == box.post("/v1/disk-key").content
    assert renewed.post("/v1/disk-key").status_code == 200


@pytest.mark.parametrize(
    "csr",
    [
        "",
        "not a request",
        "-----BEGIN CERTIFICATE REQUEST-----\nQUJD\n-----END CERTIFICATE REQUEST-----\n",
        "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n",
        "\N{SNOWMAN}",
        "\ud800",
    ],
    ids=ascii,
)
def test_a_request_that_is_none_is_refused_and_leaves_nothing(box: Machine, csr: str):
    assert reason_of(box.post(PATH, {"csr": csr, "proof": ""})) == (400, "csr-refused")
    assert not CertificateRequest.objects.filter(code=None).exists()


def test_a_request_whose_signature_does_not_fit_is_refused(box: Machine):
    lines = new_csr().splitlines()
    # The last full line holds the signature: another base64 letter in it makes another signature.
    lines[-3] = ("A" if lines[-3][5] != "A" else "B").join((lines[-3][:5], lines[-3][6:]))
    assert reason_of(box.post(PATH, {"csr": "\n".join(lines), "proof": ""})) == (400, "csr-refused")


def test_a_later_request_replaces_one_that_waits(box: Machine):
    first, second = (renewal(Sensor.objects.get()) for _ in range(2))
    box.post(PATH, first)
    box.post(PATH, second)
    assert sign_waiting_certificates() == 1
    assert box.post(PATH, second).status_code == 201


def test_a_reported_box_gets_no_new_certificate(fleet: Fleet):
    sensor = fleet.connected()
    machine = Machine.with_certificate(fleet.certificate_of(sensor), sensor.address)
    body = renewal(sensor)
    assert machine.post(PATH, body).status_code == 202
    fleet.reported(sensor)
    before = Certificate.objects.count()
    assert sign_waiting_certificates() == 0
    assert reason_of(machine.post(PATH, body)) == (403, "certificate-refused")
    assert reason_of(machine.post(PATH, renewal(sensor))) == (403, "certificate-refused")
    assert Certificate.objects.count() == before


def test_a_request_that_was_refused_can_be_made_again(box: Machine):
    body = renewal(Sensor.objects.get())
    box.post(PATH, body)
    CertificateRequest.objects.filter(code=None).update(refused_because="a reason for the provider's eyes")
    assert box.post(PATH, body).status_code == 202
    assert sign_waiting_certificates() == 1


@pytest.mark.parametrize("proof", ["", "no base64", "AAAA", "\N{SNOWMAN}", "A" * 2000], ids=ascii)
def test_a_request_that_the_present_key_has_not_signed_is_refused_and_leaves_nothing(box: Machine, proof: str):
    assert reason_of(box.post(PATH, {"csr": new_csr(), "proof": proof})) == (403, "proof-refused")
    assert not CertificateRequest.objects.filter(code=None).exists()


def test_a_request_without_its_proof_is_malformed(box: Machine):
    assert reason_of(box.post(PATH, {"csr": new_csr()})) == (400, "malformed")


def test_a_proof_is_for_one_request_of_one_box(fleet: Fleet, box: Machine):
    own, other = Sensor.objects.get(), fleet.enrolled("box-2")
    for body in (
        renewal(own) | {"csr": new_csr()},
        renewal(other),
        {"csr": (csr := new_csr()), "proof": renewal(other, csr)["proof"]},
    ):
        assert reason_of(box.post(PATH, body)) == (403, "proof-refused")
