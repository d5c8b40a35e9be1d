"""Sealing under the key-encryption key."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pki.escrow.envelope import (
    Context,
    EnvelopeRefused,
    KeyEncryptionKey,
    MalformedKeyEncryptionKey,
    Sealed,
    open_sealed,
    parse_key_encryption_key,
    seal,
)

# The same in every process: it stands in the names of tests, which several processes must agree on.
KEK = KeyEncryptionKey("kek-of-the-tests", bytes(range(32)))
CONTEXT = Context(purpose="disk-key", subject="s-abcdefghijkl", version=1)
contexts = st.builds(Context, purpose=st.text(max_size=8), subject=st.text(max_size=8), version=st.integers(0, 30))


@given(plaintext=st.binary(max_size=300), context=contexts)
def test_it_opens_what_was_sealed(plaintext, context):
    sealed = seal(kek=KEK, context=context, plaintext=plaintext)
    assert open_sealed(kek=KEK, context=context, sealed=sealed) == plaintext


@given(sealed_in=contexts, opened_in=contexts)
def test_it_opens_in_no_other_context(sealed_in, opened_in):
    sealed = seal(kek=KEK, context=sealed_in, plaintext=b"secret")
    if sealed_in == opened_in:
        assert open_sealed(kek=KEK, context=opened_in, sealed=sealed) == b"secret"
    else:
        with pytest.raises(EnvelopeRefused):
            open_sealed(kek=KEK, context=opened_in, sealed=sealed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Context("ab", "c", 1), Context("a", "bc", 1)),
        (Context("a", "b1", 1), Context("a", "b", 11)),
        (Context("a", "", 1), Context("", "a", 1)),
    ],
)
def test_names_that_join_to_the_same_text_stay_apart(one, other):
    sealed = seal(kek=KEK, context=one, plaintext=b"secret")
    with pytest.raises(EnvelopeRefused):
        open_sealed(kek=KEK, context=other, sealed=sealed)


@given(data=st.data())
def test_a_changed_bit_is_noticed(data):
    sealed = seal(kek=KEK, context=CONTEXT, plaintext=bytes(64))
    whole = bytearray(sealed.nonce + sealed.ciphertext)
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = Sealed(kek_id=sealed.kek_id, nonce=bytes(whole[:12]), ciphertext=bytes(whole[12:]))
    with pytest.raises(EnvelopeRefused):
        open_sealed(kek=KEK, context=CONTEXT, sealed=changed)


@given(nonce=st.binary(max_size=20), ciphertext=st.binary(max_size=40))
def test_any_bytes_are_refused_in_the_same_way(nonce, ciphertext):
    with pytest.raises(EnvelopeRefused):
        open_sealed(kek=KEK, context=CONTEXT, sealed=Sealed(KEK.id, nonce, ciphertext))


def test_another_key_of_the_same_name_does_not_open_it():
    sealed = seal(kek=KEK, context=CONTEXT, plaintext=b"secret")
    impostor = KeyEncryptionKey(id=KEK.id, secret=bytes(32))
    with pytest.raises(EnvelopeRefused):
        open_sealed(kek=impostor, context=CONTEXT, sealed=sealed)


def test_a_key_of_another_name_is_refused_by_name_also_when_its_bytes_are_the_same():
    sealed = seal(kek=KEK, context=CONTEXT, plaintext=b"secret")
    renamed = replace(KEK, id="kek-other")
    with pytest.raises(EnvelopeRefused, match="kek-other"):
        open_sealed(kek=renamed, context=CONTEXT, sealed=sealed)
    with pytest.raises(EnvelopeRefused):
        open_sealed(kek=renamed, context=CONTEXT, sealed=replace(sealed, kek_id="kek-other"))


def test_two_seals_of_the_same_differ():
    one, other = (seal(kek=KEK, context=CONTEXT, plaintext=b"secret") for _ in range(2))
    assert one.nonce != other.nonce
    assert one.ciphertext != other.ciphertext


def test_the_text_of_a_key_reads_back():
    assert parse_key_encryption_key(KEK.to_text() + "\n") == KEK


def test_its_repr_and_str_hide_the_key():
    for shown in (repr(KEK), str(KEK), f"{KEK}"):
        assert KEK.id in shown
        assert repr(KEK.secret) not in shown
        assert KEK.to_text().partition(":")[2] not in shown


SECRET = KEK.to_text().partition(":")[2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        SECRET,
        f":{SECRET}",
        f"Big:{SECRET}",
        f"a/b:{SECRET}",
        f"{'a' * 33}:{SECRET}",
        f"id:{SECRET[:-4]}",
        f"id:{SECRET}AAAA",
        f"id:!{SECRET[1:]}",
        f"id:é{SECRET}",
    ],
)
def test_a_malformed_key_is_refused_without_being_repeated(text):
    with pytest.raises(MalformedKeyEncryptionKey) as refused:
        parse_key_encryption_key(text)
    assert SECRET[1:-4] not in str(refused.value)
    assert refused.value.__cause__ is None


@given(st.text())
def test_any_text_is_a_key_or_malformed(text):
    with pytest.raises(MalformedKeyEncryptionKey):
        parse_key_encryption_key(text)
