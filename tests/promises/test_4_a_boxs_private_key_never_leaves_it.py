"""Promise 4: what comes from a box is a CSR: its signature is checked, its names ignored, and a private key refused.

That the key lies nowhere but on the box is looked for in test_5, in the real laboratory.
"""

import datetime as dt
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.apps import apps

from pki.authority.x509 import CsrRefused
from pki.models import Certificate
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.request_renewal import request_renewal
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.models import CertificateRequest, EnrolmentCode, Sensor
from tests.support.fleet import ACTOR, Fleet, new_csr, renewal

FOREIGN = "s-someoneelses"


def greedy_csr(key: ec.EllipticCurvePrivateKey) -> str:
    """It asks for another's name, to be an authority, to be a server, and to last."""
    names = [x509.NameAttribute(x509.NameOID.COMMON_NAME, FOREIGN)]
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name(names))
        .add_extension(x509.BasicConstraints(ca=True, path_length=3), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("portal.example")]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )


def issued(sensor: Sensor) -> x509.Certificate:
    return x509.load_der_x509_certificate(bytes(Certificate.objects.of_subject(sensor.subject).latest("pk").der))


def hand_in(fleet: Fleet, sensor: Sensor, csr: str, how: str) -> None:
    if how == "renewal":
        fleet.enrol(sensor)
        request_renewal(sensor=sensor, **renewal(sensor, csr))
    else:
        request_enrolment(code=issue_sensor_code(sensor=sensor, issued_by=ACTOR), csr=csr, source="192.0.2.1")
    assert sign_waiting_certificates() == 1


@pytest.mark.parametrize("how", ["enrolment", "renewal"])
def test_only_the_public_key_of_a_csr_is_taken(fleet: Fleet, how: str):
    sensor, key = fleet.register(), ec.generate_private_key(ec.SECP256R1())
    hand_in(fleet, sensor, greedy_csr(key), how)
    certificate = issued(sensor)
    assert certificate.subject.rfc4514_string() == f"CN={sensor.subject}"
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert certificate.public_key().public_bytes(*spki) == key.public_key().public_bytes(*spki)
    extensions = certificate.extensions
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usages = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not [one for one in extensions if isinstance(one.value, x509.SubjectAlternativeName)]
    assert certificate.not_valid_after_utc < dt.datetime.now(dt.UTC) + dt.timedelta(days=91)


@pytest.mark.parametrize("how", ["enrolment", "renewal"])
def test_a_private_key_sent_by_mistake_is_refused_and_kept_nowhere(fleet: Fleet, how: str):
    sensor, key = fleet.register(), ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    works = {
        "enrolment": partial(request_enrolment, code=code, csr=new_csr() + pem, source="192.0.2.1"),
        "renewal": partial(request_renewal, sensor=sensor, csr=new_csr() + pem, proof=""),
    }
    with pytest.raises(CsrRefused, match="private key"):
        works[how]()
    assert not CertificateRequest.objects.exists()
    assert EnrolmentCode.objects.get(sensor=sensor).used_at is None
    middle = pem.splitlines()[1]
    for model in apps.get_models():
        assert middle not in str(list(model._default_manager.values())), model


def test_a_csr_that_was_signed_with_another_key_is_refused(fleet: Fleet):
    """Whoever hands one in must hold the private key: else a stolen CSR would get a thief's box a certificate."""
    sensor, csr = fleet.register(), x509.load_pem_x509_csr(new_csr().encode())
    der = bytearray(csr.public_bytes(Encoding.DER))
    der[-1] ^= 1
    broken = x509.load_der_x509_csr(bytes(der)).public_bytes(Encoding.PEM).decode()
    code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    with pytest.raises(CsrRefused, match="signature"):
        request_enrolment(code=code, csr=broken, source="192.0.2.1")
