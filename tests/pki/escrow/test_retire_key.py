"""Sealed keys that are out of use, and such as are destroyed."""

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from pki.escrow.operations.destroy_key import destroy_key
from pki.escrow.operations.retire_key import retire_key
from pki.escrow.vault import NoSuchSecret, get_or_create_disk_key, open_secret
from pki.models import KeyRetirement, WrappedKey
from pki.models.wrapped_key import DISK_KEY

pytestmark = pytest.mark.django_db
SUBJECT, OTHER = "s-abcdefghijkl", "s-other"


def retire(subject: str = SUBJECT) -> None:
    retire_key(purpose=DISK_KEY, subject=subject, now=timezone.now())


def test_a_retired_key_is_not_given_out_again_and_the_next_is_a_new_one(kek):
    old, others = get_or_create_disk_key(subject=SUBJECT), get_or_create_disk_key(subject=OTHER)
    retire()
    with pytest.raises(NoSuchSecret):
        open_secret(purpose=DISK_KEY, subject=SUBJECT)
    new = get_or_create_disk_key(subject=SUBJECT)
    assert new not in {old, others}
    assert get_or_create_disk_key(subject=SUBJECT) == new
    assert get_or_create_disk_key(subject=OTHER) == others
    assert list(WrappedKey.objects.of(purpose=DISK_KEY, subject=SUBJECT).values_list("version", flat=True)) == [1, 2]


def test_all_versions_so_far_are_retired_however_often(kek):
    keys = set()
    for _ in range(3):
        keys.add(get_or_create_disk_key(subject=SUBJECT))
        retire()
        retire()
    assert len(keys) == 3
    assert get_or_create_disk_key(subject=SUBJECT) not in keys
    assert WrappedKey.objects.latest("version").version == 4


def test_a_subject_without_a_key_has_nothing_to_retire(kek):
    retire()
    assert not KeyRetirement.objects.exists()
    assert len(get_or_create_disk_key(subject=SUBJECT)) == 64


def test_a_retirement_is_not_taken_back(kek):
    get_or_create_disk_key(subject=SUBJECT)
    retire()
    for statement in ("DELETE FROM pki_keyretirement", "UPDATE pki_keyretirement SET up_to_version = 0"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(NoSuchSecret):
        open_secret(purpose=DISK_KEY, subject=SUBJECT)


def test_of_a_destroyed_key_nothing_is_left(kek):
    get_or_create_disk_key(subject=SUBJECT)
    retire()
    get_or_create_disk_key(subject=SUBJECT)
    others = get_or_create_disk_key(subject=OTHER)
    assert destroy_key(purpose=DISK_KEY, subject=SUBJECT, now=timezone.now()) == 2
    for row in WrappedKey.objects.of(purpose=DISK_KEY, subject=SUBJECT):
        assert (bytes(row.nonce), bytes(row.ciphertext)) == (b"", b"")
        assert row.destroyed_at
    with pytest.raises(NoSuchSecret):
        open_secret(purpose=DISK_KEY, subject=SUBJECT)
    assert get_or_create_disk_key(subject=OTHER) == others
    assert destroy_key(purpose=DISK_KEY, subject=SUBJECT, now=timezone.now()) == 0
