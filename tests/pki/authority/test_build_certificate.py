"""Certificates as others read them: the library, and the openssl command."""

import subprocess
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from pki.authority.x509 import (
    IssuerExpired,
    NameRefused,
    Profile,
    build_authority_certificate,
    build_certificate,
    check_csr,
)
from tests.support.pki.making import NOW, Issuer, csr_for, make_issuer

SENSOR_KEY = ec.generate_private_key(ec.SECP256R1())
SUBJECT = "s-abcdefghijkl"


def build(issuer: Issuer, profile=Profile.SENSOR, *, csr=None, subject=SUBJECT, now=NOW, names=()):
    return build_certificate(
        profile=profile,
        subject=subject,
        csr=check_csr(csr or csr_for(SENSOR_KEY)),
        issuer=issuer.certificate,
        signing_key=issuer.key,
        now=now,
        alternative_names=names,
    )


def extension(certificate: x509.Certificate, kind):
    return certificate.extensions.get_extension_for_class(kind)


@pytest.mark.parametrize(
    ("profile", "usages", "names"),
    [
        (Profile.SENSOR, [ExtendedKeyUsageOID.CLIENT_AUTH], ()),
        (Profile.GATEWAY, [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH], ()),
        (Profile.DOOR, [ExtendedKeyUsageOID.SERVER_AUTH], ("10.0.0.1",)),
    ],
)
def test_each_profile_has_key_usage_and_extended_key_usage(profile, usages, names):
    certificate = build(make_issuer(), profile, names=names)
    key_usage = extension(certificate, x509.KeyUsage)
    assert key_usage.critical
    assert key_usage.value.digital_signature
    assert not key_usage.value.key_cert_sign
    assert not key_usage.value.crl_sign
    assert list(extension(certificate, x509.ExtendedKeyUsage).value) == usages


def test_it_is_no_authority_and_names_its_issuers_key():
    issuer = make_issuer()
    certificate = build(issuer)
    constraints = extension(certificate, x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value.ca is False
    issuer_identifier = extension(issuer.certificate, x509.SubjectKeyIdentifier).value.digest
    assert extension(certificate, x509.AuthorityKeyIdentifier).value.key_identifier == issuer_identifier
    expected = x509.SubjectKeyIdentifier.from_public_key(SENSOR_KEY.public_key())
    assert extension(certificate, x509.SubjectKeyIdentifier).value == expected


def test_the_requests_subject_and_extensions_are_ignored():
    greedy = csr_for(SENSOR_KEY, name="root", extension=x509.BasicConstraints(ca=True, path_length=None))
    certificate = build(make_issuer(), csr=greedy)
    assert certificate.subject.rfc4514_string() == f"CN={SUBJECT}"
    assert extension(certificate, x509.BasicConstraints).value.ca is False


def test_it_starts_five_minutes_back_and_a_sensors_lasts_ninety_days():
    certificate = build(make_issuer())
    start = NOW.replace(microsecond=0)
    assert certificate.not_valid_before_utc == start - timedelta(minutes=5)
    assert certificate.not_valid_after_utc == start + timedelta(days=90)


def test_it_never_outlives_its_issuer():
    issuer = make_issuer()
    certificate = build(issuer, now=issuer.certificate.not_valid_after_utc - timedelta(days=3))
    assert certificate.not_valid_after_utc == issuer.certificate.not_valid_after_utc


def test_an_expired_issuer_issues_nothing():
    issuer = make_issuer()
    with pytest.raises(IssuerExpired, match="ended on"):
        build(issuer, now=issuer.certificate.not_valid_after_utc)


def test_serials_differ_and_fit_twenty_octets():
    issuer = make_issuer()
    serials = {build(issuer).serial_number for _ in range(50)}
    assert len(serials) == 50
    assert all(0 < serial < 2**159 for serial in serials)


def test_a_door_is_reached_by_address_and_by_name():
    names = extension(
        build(make_issuer(), Profile.DOOR, names=("10.0.0.1", "fd00::1", "Door.example.org")),
        x509.SubjectAlternativeName,
    ).value
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("10.0.0.1"), ip_address("fd00::1")]
    assert names.get_values_for_type(x509.DNSName) == ["door.example.org"]


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "ä.example", "-a", "10.0.0.256", "a..b", "a" * 64, "*.a"])
def test_a_door_refuses_what_is_no_name(name):
    with pytest.raises(NameRefused):
        build(make_issuer(), Profile.DOOR, names=(name,))


def test_only_a_door_has_alternative_names_and_it_needs_one():
    with pytest.raises(NameRefused):
        build(make_issuer(), Profile.SENSOR, names=("10.0.0.1",))
    with pytest.raises(NameRefused):
        build(make_issuer(), Profile.DOOR)


@pytest.mark.parametrize("subject", ["", "S-A", "s-a\n", "s/a", "..", "a b", "-a", "a-", "é", "a" * 65, "a\0"])
def test_a_subject_that_could_break_a_path_or_a_configuration_is_refused(subject):
    with pytest.raises(NameRefused):
        build(make_issuer(), subject=subject)


@pytest.mark.parametrize("name", ["", " ", "a" * 65, "a\nb", "a\0"])
def test_an_authoritys_name_is_printable_and_short(name):
    with pytest.raises(NameRefused):
        build_authority_certificate(name=name, signing_key=SENSOR_KEY, now=NOW)


def test_an_authority_signs_machines_but_no_further_authority():
    certificate = make_issuer().certificate
    constraints = extension(certificate, x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    usage = extension(certificate, x509.KeyUsage)
    assert usage.critical
    assert usage.value.key_cert_sign
    assert usage.value.crl_sign
    assert not usage.value.digital_signature


@pytest.mark.live
@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()], ids=lambda curve: curve.name)
@pytest.mark.parametrize(
    "key",
    [
        SENSOR_KEY,
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
    ids=["P-256", "Ed25519", "RSA"],
)
def test_openssl_verifies_it_strictly_for_its_purpose_and_for_no_other(curve, key, tmp_path):
    issuer = make_issuer(curve)
    (tmp_path / "ca.crt").write_bytes(issuer.certificate.public_bytes(Encoding.PEM))
    certificate = build(issuer, csr=csr_for(key))
    (tmp_path / "client.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    verify = ["openssl", "verify", "-x509_strict", "-attime", str(int(NOW.timestamp()))]
    files = ["-CAfile", str(tmp_path / "ca.crt"), str(tmp_path / "client.crt")]
    client = subprocess.run([*verify, "-purpose", "sslclient", *files], capture_output=True, text=True)
    assert client.returncode == 0, client.stderr
    server = subprocess.run([*verify, "-purpose", "sslserver", *files], capture_output=True, text=True)
    assert server.returncode != 0
    assert "unsuitable certificate purpose" in server.stderr
