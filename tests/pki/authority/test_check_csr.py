"""Checking certificate signing requests, whatever they hold."""

from base64 import encodebytes
from contextlib import suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from pki.authority.x509 import CsrRefused, check_csr
from tests.support.pki.making import csr_for, csr_object

P256_KEY = ec.generate_private_key(ec.SECP256R1())
P256_CSR = csr_for(P256_KEY)
P256_CSR_DER = x509.load_pem_x509_csr(P256_CSR.encode()).public_bytes(Encoding.DER)
RSA_2048 = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_around(body: bytes | bytearray) -> str:
    """The PEM frame of a request around any bytes."""
    label = "CERTIFICATE REQUEST-----"
    return f"-----BEGIN {label}\n{encodebytes(body).decode()}-----END {label}\n"


@pytest.mark.parametrize(
    "key",
    [
        P256_KEY,
        ec.generate_private_key(ec.SECP384R1()),
        ed25519.Ed25519PrivateKey.generate(),
        RSA_2048,
        rsa.generate_private_key(public_exponent=65537, key_size=3072),
    ],
    ids=["P-256", "P-384", "Ed25519", "RSA 2048", "RSA 3072"],
)
def test_it_accepts_a_sound_key_and_keeps_nothing_else(key):
    checked = check_csr(csr_for(key))
    assert checked.public_key == key.public_key()
    assert len(checked.fingerprint) == 64


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP521R1()),
        ec.generate_private_key(ec.SECP256K1()),
        ed448.Ed448PrivateKey.generate(),
        rsa.generate_private_key(public_exponent=65537, key_size=1024),  # noqa: S505 - refused here
        rsa.generate_private_key(public_exponent=3, key_size=2048),
    ],
    ids=["P-521", "secp256k1", "Ed448", "RSA 1024", "RSA with exponent 3"],
)
def test_it_refuses_other_keys_and_says_which_it_takes(key):
    with pytest.raises(CsrRefused, match=r"P-256.*Ed25519.*2048"):
        check_csr(csr_for(key))


def test_it_refuses_a_request_whose_signature_was_made_over_something_else():
    der = bytearray(csr_object(P256_KEY, name="aaaa").public_bytes(Encoding.DER))
    at = der.index(b"aaaa")
    der[at : at + 4] = b"bbbb"
    forged = x509.load_der_x509_csr(bytes(der)).public_bytes(Encoding.PEM).decode()
    with pytest.raises(CsrRefused, match="signature"):
        check_csr(forged)


def test_it_refuses_a_request_for_somebody_elses_key():
    stranger = ec.generate_private_key(ec.SECP256R1())
    der = csr_object(P256_KEY).public_bytes(Encoding.DER)
    raw = Encoding.X962, PublicFormat.UncompressedPoint
    forged = der.replace(P256_KEY.public_key().public_bytes(*raw), stranger.public_key().public_bytes(*raw))
    assert forged != der
    pem = x509.load_der_x509_csr(forged).public_bytes(Encoding.PEM).decode()
    with pytest.raises(CsrRefused, match="signature"):
        check_csr(pem)


def test_it_refuses_a_private_key_and_says_to_throw_it_away():
    leaked = P256_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(CsrRefused, match="private key") as refused:
        check_csr(P256_CSR + leaked)
    assert leaked.splitlines()[1] not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        P256_CSR.replace("\n", "\0", 1),
        "x" * 20_000,
        P256_CSR + "x" * 20_000,
        csr_object(P256_KEY).public_bytes(Encoding.DER).decode("latin-1"),
        "-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n",
        "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n",
        P256_CSR.replace("CERTIFICATE REQUEST", "CERTIFICATE"),
        P256_CSR[: len(P256_CSR) // 2],
        # The version is 32: the library's error for it is one of its own.
        pem_around(P256_CSR_DER.replace(b"\x02\x01\x00", b"\x02\x01\x20", 1)),
        "\ud800" + P256_CSR,
        "é" + P256_CSR,
    ],
)
def test_it_refuses_what_is_no_request_and_says_how_to_make_one(text):
    with pytest.raises(CsrRefused, match="openssl req -new"):
        check_csr(text)


@given(st.text())
def test_it_never_raises_anything_else_for_any_text(text):
    with pytest.raises(CsrRefused):
        check_csr(text)


@given(st.binary(max_size=400))
def test_it_never_raises_anything_else_for_any_bytes_in_a_frame(body):
    with pytest.raises(CsrRefused):
        check_csr(pem_around(body))


@given(st.data())
def test_it_accepts_nothing_new_when_bytes_of_a_request_are_changed(data):
    der = bytearray(P256_CSR_DER)
    at = data.draw(st.integers(0, len(der) - 1))
    der[at] ^= data.draw(st.integers(1, 255))
    # A changed byte may by chance leave a valid request (an encoding of the same), but never for another key.
    with suppress(CsrRefused):
        checked = check_csr(pem_around(der))
        assert checked.public_key == P256_KEY.public_key()
