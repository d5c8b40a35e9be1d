"""Where the authority's private key lives."""

import stat
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from pki.authority.crl import build_crl
from pki.authority.signers import EncryptedFileSigner, SignerUnavailable, configured_signer, create_encrypted_file
from pki.authority.x509 import Profile, build_certificate
from tests.support.pki.making import NOW, PASSPHRASE, make_issuer


@pytest.mark.live
def test_the_key_is_encrypted_in_a_private_file(tmp_path):
    path = tmp_path / "ca.key"
    create_encrypted_file(path=path, passphrase=PASSPHRASE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    command = ["openssl", "pkey", "-in", str(path), "-noout", "-passin", f"pass:{PASSPHRASE}"]
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_it_refuses_to_overwrite_a_key(tmp_path):
    path = tmp_path / "ca.key"
    create_encrypted_file(path=path, passphrase=PASSPHRASE)
    before = path.read_bytes()
    with pytest.raises(SignerUnavailable, match="never overwritten"):
        create_encrypted_file(path=path, passphrase=PASSPHRASE)
    assert path.read_bytes() == before


def test_it_refuses_a_short_passphrase(tmp_path):
    with pytest.raises(SignerUnavailable, match="20 characters"):
        create_encrypted_file(path=tmp_path / "ca.key", passphrase="short")
    assert not (tmp_path / "ca.key").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SignerUnavailable, match="cannot be written"):
        create_encrypted_file(path=tmp_path / "no" / "ca.key", passphrase=PASSPHRASE)


def test_a_wrong_passphrase_is_told_without_being_repeated(tmp_path):
    path = tmp_path / "ca.key"
    create_encrypted_file(path=path, passphrase=PASSPHRASE)
    with pytest.raises(SignerUnavailable, match="does not open") as refused:
        EncryptedFileSigner(path, "not the right passphrase")
    assert "not the right passphrase" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: private_pem(ec.generate_private_key(ec.SECP256R1()), NoEncryption()),
        lambda: private_pem(rsa.generate_private_key(65537, 2048), BestAvailableEncryption(PASSPHRASE.encode())),
        lambda: private_pem(ec.generate_private_key(ec.SECP521R1()), BestAvailableEncryption(PASSPHRASE.encode())),
        lambda: b"garbage",
        lambda: b"",
    ],
    ids=["not encrypted", "RSA", "P-521", "garbage", "empty"],
)
def test_a_file_of_another_kind_is_refused(tmp_path, make):
    path = tmp_path / "ca.key"
    path.write_bytes(make())
    with pytest.raises(SignerUnavailable, match=str(path)):
        EncryptedFileSigner(path, PASSPHRASE)


def private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, encryption: KeySerializationEncryption) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


@pytest.mark.parametrize("missing", ["CA_KEY_FILE", "CA_PASSPHRASE"])
def test_a_process_without_the_settings_cannot_sign(settings, tmp_path, missing):
    settings.CA_KEY_FILE = tmp_path / "ca.key"
    settings.CA_PASSPHRASE = PASSPHRASE
    setattr(settings, missing, None)
    with pytest.raises(SignerUnavailable, match="holds no CA key"):
        configured_signer()


def test_a_missing_file_is_told(settings, tmp_path):
    settings.CA_KEY_FILE = tmp_path / "ca.key"
    settings.CA_PASSPHRASE = PASSPHRASE
    with pytest.raises(SignerUnavailable, match="cannot be read"):
        configured_signer()


def test_a_new_file_in_the_same_place_is_noticed(tmp_path):
    path = tmp_path / "ca.key"
    first = create_encrypted_file(path=path, passphrase=PASSPHRASE)
    path.unlink()
    second = create_encrypted_file(path=path, passphrase=PASSPHRASE)
    assert EncryptedFileSigner(path, PASSPHRASE).public_key == second.public_key != first.public_key


def test_its_repr_shows_nothing(tmp_path):
    signer = create_encrypted_file(path=tmp_path / "ca.key", passphrase=PASSPHRASE)
    assert repr(signer) == "<EncryptedFileSigner>"


class KeyThatAsksElsewhere(ec.EllipticCurvePrivateKey):
    """Stands for a key in a hardware module: it signs, and gives nothing else away."""

    def __init__(self, inner: ec.EllipticCurvePrivateKey) -> None:
        self._inner = inner
        self.asked = 0

    def sign(self, data, signature_algorithm):
        self.asked += 1
        return self._inner.sign(data, signature_algorithm)

    def public_key(self):
        return self._inner.public_key()

    @property
    def curve(self):
        return self._inner.curve

    @property
    def key_size(self):
        return self._inner.key_size

    def exchange(self, *_: object):
        raise AssertionError("never needed")

    def private_numbers(self):
        raise AssertionError("never needed")

    def private_bytes(self, *_: object):
        raise AssertionError("never needed")

    def __copy__(self):
        raise AssertionError("never needed")

    def __deepcopy__(self, memo: object):
        raise AssertionError("never needed")


def test_a_key_that_never_leaves_its_module_signs_certificates_and_lists(csr):
    issuer = make_issuer()
    key = KeyThatAsksElsewhere(issuer.key)
    certificate = build_certificate(
        profile=Profile.SENSOR, subject="s-a", csr=csr, issuer=issuer.certificate, signing_key=key, now=NOW
    )
    certificate.verify_directly_issued_by(issuer.certificate)
    der = build_crl(
        issuer=issuer.certificate, signing_key=key, number=1, this_update=NOW, next_update=NOW, entries=b"", count=0
    )
    assert x509.load_der_x509_crl(der).is_signature_valid(issuer.key.public_key())
    assert key.asked == 2
