"""The file with the key-encryption keys, as NSMAAS_KEY_ENCRYPTION_KEY_FILE names it: one a line, the newest last."""

from pathlib import Path

from pki.escrow.envelope import KeyEncryptionKey, MalformedKeyEncryptionKey, parse_key_encryption_keys
from pki.private_files import replace_file


class KeyFileRefused(Exception):
    """The text says why, and holds nothing of a key."""


def read_keys(path: Path) -> tuple[KeyEncryptionKey, ...]:
    """Raises KeyFileRefused."""
    try:
        return parse_key_encryption_keys(path.read_text(encoding="ascii"))
    except (MalformedKeyEncryptionKey, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, MalformedKeyEncryptionKey) else "It is no text."
        raise KeyFileRefused(f"{path}: {reason}") from None
    except OSError as error:
        raise KeyFileRefused(f"{path} cannot be read: {error.strerror}.") from None


def replace_keys(path: Path, keys: tuple[KeyEncryptionKey, ...]) -> None:
    """The old content or the new, never a part. Raises KeyFileRefused."""
    try:
        replace_file(path, "".join(f"{key.to_text()}\n" for key in keys).encode())
    except OSError as error:
        raise KeyFileRefused(f"{path} cannot be written: {error.strerror}.") from None
