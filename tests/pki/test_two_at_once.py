"""Two processes that do the same thing at the same moment, each with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, transaction
from django.utils import timezone

from pki.authority.operations.publish_crl import publish_crl
from pki.authority.operations.revoke_subject import revoke_subject
from pki.escrow.vault import get_or_create_disk_key, open_secret, seal_secret
from pki.models import Certificate, CertificateRevocationList, Reason, Revocation, WrappedKey

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8
Result = TypeVar("Result")


def at_once(work: Callable[[], Result]) -> list[Result]:
    """What each of MANY threads got; they start together."""
    barrier = Barrier(MANY)

    def one(_: int) -> Result:
        try:
            barrier.wait(timeout=10)
            with transaction.atomic():
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_all_get_the_same_disk_key(kek):
    for number in range(5):
        keys = at_once(partial(get_or_create_disk_key, subject=f"s-{number}"))
        assert len(set(keys)) == 1
    assert WrappedKey.objects.count() == 5


def test_secrets_sealed_at_once_get_versions_of_their_own(kek):
    versions = at_once(lambda: seal_secret(purpose="any", subject="s-a", secret=b"secret"))
    assert sorted(versions) == list(range(1, MANY + 1))
    assert open_secret(purpose="any", subject="s-a") == b"secret"


def test_one_list_is_signed_for_one_change(authority, signer):
    now = timezone.now()
    done = at_once(lambda: publish_crl(authority=authority, signer=signer, now=now))
    assert len([crl for crl in done if crl is not None]) == 1
    assert CertificateRevocationList.objects.count() == 1


def test_a_certificate_is_revoked_once(certificate: Certificate):
    now = timezone.now()
    subject = certificate.subject
    done = at_once(lambda: revoke_subject(subject=subject, reason=Reason.KEY_COMPROMISE, now=now))
    assert sorted(len(made) for made in done) == [0] * (MANY - 1) + [1]
    assert Revocation.objects.count() == 1
