"""Revocation lists as others read them: the library, and the openssl command."""

import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from pki.authority.crl import REASON_CODES, CrlBroken, build_crl, encode_entry, next_this_update
from pki.authority.x509 import Profile, build_certificate, check_csr
from tests.support.pki.making import NOW, Issuer, csr_for, make_issuer

START = NOW.replace(microsecond=0)


def build(issuer: Issuer, entries: list[bytes], number: int = 7) -> bytes:
    return build_crl(
        issuer=issuer.certificate,
        signing_key=issuer.key,
        number=number,
        this_update=START,
        next_update=START + timedelta(days=7),
        entries=b"".join(entries),
        count=len(entries),
    )


def entry(serial: int, reason: str = "keyCompromise", revoked_at: datetime = START) -> bytes:
    return encode_entry(serial=serial, revoked_at=revoked_at, reason=reason)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()], ids=lambda curve: curve.name)
def test_the_joined_list_holds_each_serial_with_its_reason(curve):
    issuer = make_issuer(curve)
    reasons = dict(enumerate(REASON_CODES, start=1))
    parsed = x509.load_der_x509_crl(build(issuer, [entry(n, reason) for n, reason in reasons.items()]))
    assert {each.serial_number for each in parsed} == set(reasons)
    for each in parsed:
        assert each.revocation_date_utc == START
        reason = reasons[each.serial_number]
        if reason == "unspecified":
            assert len(each.extensions) == 0
        else:
            assert each.extensions.get_extension_for_class(x509.CRLReason).value.reason.value == reason


def test_the_list_carries_number_key_identifier_and_dates():
    issuer = make_issuer()
    parsed = x509.load_der_x509_crl(build(issuer, [entry(5)], number=2**40))
    assert parsed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 2**40
    identifier = parsed.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    expected = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert identifier == expected
    assert parsed.last_update_utc == START
    assert parsed.next_update_utc == START + timedelta(days=7)
    assert parsed.issuer == issuer.certificate.subject


@given(
    serial=st.integers(1, 2**159 - 1),
    reason=st.sampled_from(sorted(REASON_CODES)),
    # Both encodings of time, on either side of 2050.
    revoked_at=st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_an_entry_is_byte_for_byte_what_the_library_writes(serial, reason, revoked_at):
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(revoked_at)
    if reason != "unspecified":
        builder = builder.add_extension(x509.CRLReason(x509.ReasonFlags(reason)), critical=False)
    theirs = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.Name([]))
        .last_update(START)
        .next_update(START)
        .add_revoked_certificate(builder.build())
        .sign(SOME_KEY, hashes.SHA256())
    )
    assert encode_entry(serial=serial, revoked_at=revoked_at, reason=reason) in theirs.tbs_certlist_bytes


SOME_KEY = ec.generate_private_key(ec.SECP256R1())


def test_an_empty_list_leaves_the_field_out_and_reads_back():
    assert len(x509.load_der_x509_crl(build(make_issuer(), []))) == 0


def test_a_list_signed_by_another_key_is_not_returned():
    issuer = make_issuer()
    with pytest.raises(CrlBroken, match="signature"):
        build(Issuer(make_issuer().key, issuer.certificate), [entry(5)])


def test_a_broken_entry_is_not_returned():
    with pytest.raises(CrlBroken):
        build(make_issuer(), [entry(5), b"\x30\x03\x02\x01"])


def test_an_entry_that_holds_two_is_counted_out():
    with pytest.raises(CrlBroken, match="2 entries instead of 1"):
        build(make_issuer(), [entry(5) + entry(6)])


def test_each_list_is_set_back_and_later_than_the_one_before():
    first = next_this_update(now=NOW, previous=None)
    assert first == START - timedelta(minutes=5)
    second = next_this_update(now=NOW, previous=first)
    assert second == first + timedelta(seconds=1)
    later = NOW + timedelta(hours=1)
    assert next_this_update(now=later, previous=second) == START + timedelta(minutes=55)


def test_a_hundred_thousand_entries_are_listed_within_a_second():
    issuer = make_issuer()
    entries = [entry(x509.random_serial_number()) for _ in range(100_000)]
    started = time.process_time()
    crl = build(issuer, entries)
    # Measured: 150 ms. The library's own builder takes 8 s. Of the processor, so that a busy machine is no failure.
    assert time.process_time() - started < 1
    assert len(x509.load_der_x509_crl(crl)) == 100_000


@pytest.mark.live
def test_openssl_reads_ten_thousand_entries_and_refuses_just_the_revoked(tmp_path):
    issuer = make_issuer()
    (tmp_path / "ca.crt").write_bytes(issuer.certificate.public_bytes(Encoding.PEM))
    good, revoked = issued(issuer), issued(issuer)
    entries = [entry(x509.random_serial_number()) for _ in range(9_999)] + [entry(revoked.serial_number)]
    (tmp_path / "crl.der").write_bytes(build(issuer, entries))
    convert = ["openssl", "crl", "-inform", "DER", "-in", "crl.der", "-CAfile", "ca.crt", "-out", "crl.pem"]
    assert "verify OK" in openssl(tmp_path, convert).stderr
    text = openssl(tmp_path, ["openssl", "crl", "-in", "crl.pem", "-noout", "-text"]).stdout
    assert text.count("Serial Number:") == 10_000
    assert text.count("Key Compromise") == 10_000
    assert verify(tmp_path, good).returncode == 0
    refused = verify(tmp_path, revoked)
    assert refused.returncode != 0
    assert "certificate revoked" in refused.stderr


def issued(issuer: Issuer) -> x509.Certificate:
    return build_certificate(
        profile=Profile.SENSOR,
        subject="s-abcdefghijkl",
        csr=check_csr(csr_for(SOME_KEY)),
        issuer=issuer.certificate,
        signing_key=issuer.key,
        now=NOW,
    )


def verify(folder, certificate: x509.Certificate):
    (folder / "leaf.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    at = ["-attime", str(int(NOW.timestamp()))]
    files = ["-CAfile", "ca.crt", "-CRLfile", "crl.pem", "leaf.crt"]
    return openssl(folder, ["openssl", "verify", "-crl_check", "-x509_strict", *at, *files])


def openssl(folder, command: list[str]):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
