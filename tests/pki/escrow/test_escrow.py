"""The escrow of disk keys and other secrets."""

import pytest
from django.utils import timezone

from pki.escrow.envelope import EnvelopeRefused, generate_key_encryption_key
from pki.escrow.operations.retire_key import retire_key
from pki.escrow.vault import (
    EscrowUnavailable,
    NoSuchSecret,
    WrongKeyEncryptionKey,
    get_or_create_disk_key,
    get_or_create_tls_crypt_v2_server_key,
    open_secret,
    verify_key_encryption_key,
)
from pki.models import KeyEncryptionKeyCheck, WrappedKey
from pki.models.wrapped_key import DISK_KEY, TLS_CRYPT_V2_SERVER_KEY

pytestmark = pytest.mark.django_db
SUBJECT = "s-abcdefghijkl"


def open_disk_key(*, subject: str) -> bytes:
    return open_secret(purpose=DISK_KEY, subject=subject)


def make_new_disk_key() -> None:
    """As for a box that was given back: its old key is out of use."""
    retire_key(purpose=DISK_KEY, subject=SUBJECT, now=timezone.now())
    get_or_create_disk_key(subject=SUBJECT)


def test_the_first_request_makes_the_key_and_later_ones_get_the_same(kek):
    key = get_or_create_disk_key(subject=SUBJECT)
    assert len(key) == 64
    assert get_or_create_disk_key(subject=SUBJECT) == key == open_disk_key(subject=SUBJECT)
    assert WrappedKey.objects.count() == 1


def test_each_subject_has_its_own(kek):
    assert get_or_create_disk_key(subject="s-a") != get_or_create_disk_key(subject="s-b")


def test_the_key_is_not_in_the_database_in_the_clear(kek):
    key = get_or_create_disk_key(subject=SUBJECT)
    stored = b"".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for row in WrappedKey.objects.values()
        for value in row.values()
    )
    assert not any(key[at : at + 8] in stored for at in range(0, 64, 8))
    assert kek.secret not in stored


def test_a_new_disk_key_is_a_new_version_and_the_old_row_stays(kek):
    old = get_or_create_disk_key(subject=SUBJECT)
    make_new_disk_key()
    assert open_disk_key(subject=SUBJECT) != old
    assert WrappedKey.objects.of(purpose="disk-key", subject=SUBJECT).count() == 2


def test_opening_what_is_not_there_is_told(kek):
    with pytest.raises(NoSuchSecret, match=SUBJECT):
        open_disk_key(subject=SUBJECT)


def test_a_row_swapped_with_another_sensors_does_not_open(kek):
    get_or_create_disk_key(subject="s-mine")
    get_or_create_disk_key(subject="s-theirs")
    theirs = WrappedKey.objects.get(subject="s-theirs")
    WrappedKey.objects.filter(subject="s-mine").update(nonce=theirs.nonce, ciphertext=theirs.ciphertext)
    with pytest.raises(EnvelopeRefused):
        open_disk_key(subject="s-mine")


def test_an_old_version_put_in_place_of_a_newer_one_does_not_open(kek):
    get_or_create_disk_key(subject=SUBJECT)
    old = WrappedKey.objects.get()
    make_new_disk_key()
    WrappedKey.objects.filter(version=2).update(nonce=old.nonce, ciphertext=old.ciphertext)
    with pytest.raises(EnvelopeRefused):
        open_disk_key(subject=SUBJECT)


def test_secrets_of_different_purposes_stay_apart(kek):
    made = {
        DISK_KEY: get_or_create_disk_key(subject=SUBJECT),
        TLS_CRYPT_V2_SERVER_KEY: get_or_create_tls_crypt_v2_server_key(subject=SUBJECT),
    }
    assert {purpose: open_secret(purpose=purpose, subject=SUBJECT) for purpose in made} == made
    assert set(WrappedKey.objects.values_list("version", flat=True)) == {1}


def test_a_gateways_tls_crypt_key_is_made_once(kek):
    key = get_or_create_tls_crypt_v2_server_key(subject="g-abcdefghijkl")
    assert len(key) == 128
    assert get_or_create_tls_crypt_v2_server_key(subject="g-abcdefghijkl") == key


def test_a_process_without_the_key_can_neither_make_nor_open(kek, settings):
    get_or_create_disk_key(subject=SUBJECT)
    settings.KEY_ENCRYPTION_KEY = None
    for attempt in (open_disk_key, get_or_create_disk_key):
        with pytest.raises(EscrowUnavailable, match="NSMAAS_KEY_ENCRYPTION_KEY"):
            attempt(subject=SUBJECT)


def test_a_malformed_key_is_told_without_being_repeated(kek, settings):
    settings.KEY_ENCRYPTION_KEY = kek.to_text()[:-4]
    with pytest.raises(EscrowUnavailable) as refused:
        get_or_create_disk_key(subject=SUBJECT)
    assert kek.to_text().partition(":")[2][:-4] not in str(refused.value)


def test_an_unused_database_fits_every_key(kek):
    verify_key_encryption_key()
    assert not KeyEncryptionKeyCheck.objects.exists()


def test_the_right_key_is_recognised_after_first_use(kek):
    get_or_create_disk_key(subject=SUBJECT)
    verify_key_encryption_key()
    assert KeyEncryptionKeyCheck.objects.get().kek_id == kek.id


def test_another_key_is_recognised_by_its_name_and_neither_seals_nor_opens(kek, settings):
    get_or_create_disk_key(subject=SUBJECT)
    settings.KEY_ENCRYPTION_KEY = generate_key_encryption_key().to_text()
    with pytest.raises(WrongKeyEncryptionKey, match=kek.id):
        verify_key_encryption_key()
    with pytest.raises(WrongKeyEncryptionKey):
        open_disk_key(subject=SUBJECT)
    with pytest.raises(WrongKeyEncryptionKey):
        get_or_create_disk_key(subject="s-other")
    assert WrappedKey.objects.count() == 1


def test_another_key_under_the_same_name_is_recognised_too(kek, settings):
    get_or_create_disk_key(subject=SUBJECT)
    other = generate_key_encryption_key().to_text().partition(":")[2]
    settings.KEY_ENCRYPTION_KEY = f"{kek.id}:{other}"
    with pytest.raises(WrongKeyEncryptionKey, match="not the one"):
        verify_key_encryption_key()
    with pytest.raises(WrongKeyEncryptionKey):
        get_or_create_disk_key(subject="s-other")


def test_a_release_takes_one_query(kek, django_assert_num_queries):
    get_or_create_disk_key(subject=SUBJECT)
    with django_assert_num_queries(1):
        get_or_create_disk_key(subject=SUBJECT)
