"""Two processes that do the same thing at the same moment, each with a connection of its own."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from pki.authority.operations.publish_crl import publish_crl
from pki.authority.operations.revoke_subject import revoke_subject
from pki.escrow.vault import get_or_create_disk_key
from pki.models import Certificate, CertificateRevocationList, Reason, Revocation, WrappedKey
from tests.support.at_once import at_once, results

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8


def all_of(work: Callable[[], Any]) -> list[Any]:
    """What each of MANY threads got, in a transaction of its own."""
    return results(at_once([transaction.atomic(work)] * MANY))


def test_all_get_the_same_disk_key(kek):
    for number in range(5):
        keys = all_of(partial(get_or_create_disk_key, subject=f"s-{number}"))
        assert len(set(keys)) == 1
    assert WrappedKey.objects.count() == 5


def test_one_list_is_signed_for_one_change(authority, signer):
    now = timezone.now()
    done = all_of(lambda: publish_crl(authority=authority, signer=signer, now=now))
    assert len([crl for crl in done if crl is not None]) == 1
    assert CertificateRevocationList.objects.count() == 1


def test_a_certificate_is_revoked_once(certificate: Certificate):
    now = timezone.now()
    subject = certificate.subject
    done = all_of(lambda: revoke_subject(subject=subject, reason=Reason.KEY_COMPROMISE, now=now))
    assert sorted(len(made) for made in done) == [0] * (MANY - 1) + [1]
    assert Revocation.objects.count() == 1
