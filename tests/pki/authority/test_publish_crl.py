"""Publishing the revocation list."""

from datetime import timedelta
from functools import partial

import pytest
from cryptography import x509
from django.db import connection
from django.utils import timezone

from pki.authority.operations.create_authority import create_authority
from pki.authority.operations.crl_is_due import crl_is_due
from pki.authority.operations.issue_certificate import issue_certificate
from pki.authority.operations.publish_crl import publish_crl
from pki.authority.operations.revoke_subject import revoke_subject
from pki.authority.signers import EncryptedFileSigner, SignerUnavailable, create_encrypted_file
from pki.authority.x509 import Profile
from pki.models import CertificateRevocationList, Reason
from tests.support.pki.making import PASSPHRASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish(authority, signer):
    def publish(now, *, force: bool = False) -> CertificateRevocationList | None:
        return publish_crl(authority=authority, signer=signer, now=now, force=force)

    return publish


def test_the_first_one_is_empty_and_genuine(authority, publish):
    now = timezone.now()
    crl = publish(now)
    parsed = x509.load_der_x509_crl(bytes(CertificateRevocationList.objects.get().der))
    assert parsed.is_signature_valid(authority.certificate.public_key())
    assert (crl.number, crl.entry_count, len(parsed)) == (1, 0, 0)
    assert crl.this_update <= now - timedelta(minutes=5)
    assert (crl.this_update, crl.next_update) == (parsed.last_update_utc, parsed.next_update_utc)


def test_it_is_signed_once_per_change(authority, certificate, publish):
    now = timezone.now()
    publish(now)
    assert publish(now) is None
    revoke_subject(subject=certificate.subject, reason=Reason.KEY_COMPROMISE, now=now)
    assert crl_is_due(authority, now)
    second = publish(now)
    assert (second.number, second.entry_count) == (2, 1)
    parsed = x509.load_der_x509_crl(bytes(second.der))
    assert parsed.get_revoked_certificate_by_serial_number(int(certificate.serial)) is not None
    assert not crl_is_due(authority, now)
    assert publish(now) is None
    assert CertificateRevocationList.objects.count() == 2


def test_it_lists_what_its_own_authority_issued_and_nothing_else(
    authority, signer, certificate, csr, publish, tmp_path
):
    now = timezone.now()
    key_file = tmp_path / "other.key"
    other = create_authority(name="other", common_name="Other CA", key_file=key_file, passphrase=PASSPHRASE)
    others_signer = EncryptedFileSigner(key_file, PASSPHRASE)
    issue = partial(issue_certificate, profile=Profile.SENSOR, csr=csr, now=now)
    second = issue(authority=authority, subject="s-second", signer=signer)
    stranger = issue(authority=other, subject="s-stranger", signer=others_signer)
    for each in (second, stranger, certificate):
        revoke_subject(subject=each.subject, reason=Reason.KEY_COMPROMISE, now=now)
    mine = publish(now)
    theirs = publish_crl(authority=other, signer=others_signer, now=now)
    assert theirs is not None
    assert (mine.entry_count, _serials(mine)) == (2, {certificate.serial, second.serial})
    assert (theirs.entry_count, _serials(theirs)) == (1, {stranger.serial})


def _serials(crl: CertificateRevocationList) -> set[str]:
    return {str(entry.serial_number) for entry in x509.load_der_x509_crl(bytes(crl.der))}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite compresses nothing")
def test_postgresql_does_not_try_to_compress_it():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstorage FROM pg_attribute WHERE attname = 'der' AND attrelid = %s::regclass",
            [CertificateRevocationList._meta.db_table],
        )
        assert cursor.fetchone() == ("e",)


def test_it_is_refreshed_at_half_its_life(authority, publish):
    now = timezone.now()
    first = publish(now)
    assert publish(now + timedelta(days=3)) is None
    second = publish(now + timedelta(days=4))
    assert second.next_update > first.next_update


def test_numbers_and_dates_rise_strictly_also_within_one_second(publish):
    now = timezone.now()
    lists = [publish(now, force=True) for _ in range(5)]
    assert [crl.number for crl in lists] == [1, 2, 3, 4, 5]
    dates = [crl.this_update for crl in lists]
    assert dates == sorted(set(dates))


def test_a_list_from_the_future_is_never_signed(authority, publish, certificate):
    now = timezone.now()
    publish(now)
    before = now - timedelta(hours=1)  # The clock went back.
    revoke_subject(subject=certificate.subject, reason=Reason.KEY_COMPROMISE, now=before)
    assert publish(before) is None
    assert crl_is_due(authority, before)
    assert publish(now + timedelta(seconds=1)).entry_count == 1


def test_a_signer_of_another_authority_is_refused(authority, tmp_path):
    stranger = create_encrypted_file(path=tmp_path / "other.key", passphrase=PASSPHRASE)
    with pytest.raises(SignerUnavailable):
        publish_crl(authority=authority, signer=stranger, now=timezone.now())
    assert not CertificateRevocationList.objects.exists()
