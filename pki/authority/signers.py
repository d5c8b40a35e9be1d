"""Where the authority's private key lives. Nothing else in the product touches it."""

from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from pki.private_files import write_new_file

# The file format's key derivation is fast, so the passphrase itself must be beyond guessing: one made by a
# machine.
_SHORTEST_PASSPHRASE = 20


class SignerUnavailable(Exception):
    """This process cannot sign; the text says what is missing. It never holds the passphrase."""


class Signer(Protocol):
    """The seam behind which later kinds (PKCS #11, remote) fit."""

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey: ...

    @property
    def signing_key(self) -> ec.EllipticCurvePrivateKey:
        """What the builders sign with. It need not hold the secret: its `sign` may ask elsewhere."""


class EncryptedFileSigner:
    """A private key in a PKCS #8 file that is encrypted under a passphrase."""

    def __init__(self, path: Path, passphrase: str) -> None:
        """Raises SignerUnavailable."""
        self._key = _load_once(path, passphrase, _modification_time(path))

    def __repr__(self) -> str:
        return "<EncryptedFileSigner>"

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._key.public_key()

    @property
    def signing_key(self) -> ec.EllipticCurvePrivateKey:
        return self._key


def configured_signer() -> Signer:
    """The signer of the settings. Raises SignerUnavailable."""
    if settings.CA_KEY_FILE is None or settings.CA_PASSPHRASE is None:
        raise SignerUnavailable("This process holds no CA key: NSMAAS_CA_KEY_FILE and NSMAAS_CA_PASSPHRASE are unset.")
    return EncryptedFileSigner(Path(settings.CA_KEY_FILE), settings.CA_PASSPHRASE)


def create_encrypted_file(*, path: Path, passphrase: str) -> Signer:
    """Make a new P-256 key in a new file. Raises SignerUnavailable, also when the file is there already."""
    if len(passphrase) < _SHORTEST_PASSPHRASE:
        raise SignerUnavailable(
            f"The CA passphrase needs {_SHORTEST_PASSPHRASE} characters: take `openssl rand -base64 32`."
        )
    key = ec.generate_private_key(ec.SECP256R1())
    encryption = BestAvailableEncryption(passphrase.encode())
    try:
        write_new_file(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    except FileExistsError:
        raise SignerUnavailable(f"{path} is there already; a CA key is never overwritten.") from None
    except OSError as error:
        raise SignerUnavailable(f"The CA key file cannot be written: {error}") from error
    return EncryptedFileSigner(path, passphrase)


def _modification_time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise SignerUnavailable(f"The CA key file cannot be read: {error}") from error


@lru_cache(maxsize=1)
def _load_once(path: Path, passphrase: str, _modified: int) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase.encode())
    except OSError as error:
        raise SignerUnavailable(f"The CA key file cannot be read: {error}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Not chained: what the library says about a passphrase is nothing for a log.
        raise SignerUnavailable(f"{path} does not open with this passphrase, or is no encrypted key.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1):
        raise SignerUnavailable(f"{path} holds no P-256 or P-384 key.")
    return key
