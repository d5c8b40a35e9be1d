"""Publishing the revocation list."""

from datetime import timedelta

import pytest
from cryptography import x509
from django.utils import timezone

from pki.models import CertificateRevocationList, Reason
from pki.operations.crl_is_due import crl_is_due
from pki.operations.publish_crl import publish_crl
from pki.operations.revoke_subject import revoke_subject
from pki.signers import SignerUnavailable, create_encrypted_file
from tests.pki.conftest import PASSPHRASE

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
