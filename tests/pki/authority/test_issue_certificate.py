"""Issuing certificates."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.utils import timezone

from pki.authority.operations.issue_certificate import issue_certificate
from pki.authority.signers import SignerUnavailable, create_encrypted_file
from pki.authority.x509 import NameRefused, Profile
from pki.models import Certificate
from tests.support.pki.making import PASSPHRASE

pytestmark = pytest.mark.django_db


def test_the_row_says_what_the_certificate_says(certificate, authority, csr):
    stored = Certificate.objects.get()
    parsed = x509.load_pem_x509_certificate(stored.pem.encode())
    parsed.verify_directly_issued_by(authority.certificate)
    assert parsed.public_key() == csr.public_key
    assert stored.serial == str(parsed.serial_number)
    assert stored.fingerprint == parsed.fingerprint(hashes.SHA256()).hex()
    assert (stored.not_before, stored.not_after) == (parsed.not_valid_before_utc, parsed.not_valid_after_utc)
    assert (stored.subject, stored.profile) == ("s-abcdefghijkl", "sensor")


def test_it_returns_the_row_as_stored(certificate):
    def columns(row: Certificate) -> dict[str, object]:
        values = {field.attname: getattr(row, field.attname) for field in Certificate._meta.concrete_fields}
        return values | {"der": bytes(row.der)}

    stored = Certificate.objects.get(pk=certificate.pk)
    assert columns(certificate) == columns(stored)
    assert (certificate._state.adding, certificate._state.db) == (False, stored._state.db)


def test_a_signer_of_another_authority_is_refused(authority, csr, tmp_path):
    stranger = create_encrypted_file(path=tmp_path / "other.key", passphrase=PASSPHRASE)
    with pytest.raises(SignerUnavailable, match="not that of the authority 'main'"):
        issue_certificate(
            authority=authority,
            profile=Profile.SENSOR,
            subject="s-a",
            csr=csr,
            signer=stranger,
            now=timezone.now(),
        )
    assert not Certificate.objects.exists()


def test_a_refused_subject_leaves_no_row(authority, signer, csr):
    with pytest.raises(NameRefused):
        issue_certificate(
            authority=authority,
            profile=Profile.SENSOR,
            subject="s-a\n",
            csr=csr,
            signer=signer,
            now=timezone.now(),
        )
    assert not Certificate.objects.exists()


def test_renewal_with_the_same_key_is_another_certificate(certificate, authority, signer, csr):
    again = issue_certificate(
        authority=authority,
        profile=Profile.SENSOR,
        subject=certificate.subject,
        csr=csr,
        signer=signer,
        now=timezone.now(),
    )
    assert again.serial != certificate.serial
    assert Certificate.objects.of_subject(certificate.subject).count() == 2
