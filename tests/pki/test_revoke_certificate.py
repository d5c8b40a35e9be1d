"""Revoking one certificate."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pki.authority.operations.revoke_certificate import revoke_certificate
from pki.models import Certificate, Reason, Revocation

pytestmark = pytest.mark.django_db


def test_it_is_revoked_from_then_on(certificate):
    now = timezone.now()
    revocation = revoke_certificate(certificate=certificate, reason=Reason.SUPERSEDED, now=now)
    assert (revocation.reason, revocation.revoked_at) == ("superseded", now)
    assert not Certificate.objects.not_revoked().exists()
    assert Certificate.objects.revoked().get() == certificate


def test_a_second_time_the_first_reason_and_time_stay(certificate):
    now = timezone.now()
    first = revoke_certificate(certificate=certificate, reason=Reason.KEY_COMPROMISE, now=now)
    later = now + timedelta(hours=1)
    again = revoke_certificate(certificate=certificate, reason=Reason.SUPERSEDED, now=later)
    assert again == first
    assert (again.reason, again.revoked_at) == ("keyCompromise", now)
    assert Revocation.objects.count() == 1


def test_it_needs_no_key_of_ours(certificate, settings):
    settings.PROCESS = "people"
    settings.CA_KEY_FILE = settings.CA_PASSPHRASE = settings.KEY_ENCRYPTION_KEY = None
    assert revoke_certificate(certificate=certificate, reason=Reason.UNSPECIFIED, now=timezone.now()).pk
