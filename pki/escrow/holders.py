"""Which key-encryption keys a process holds, as it tells PostgreSQL with each connection: by digests of their names."""

from hashlib import sha256

from pki.escrow.envelope import MalformedKeyEncryptionKey, parse_key_encryption_keys


def connection_name(process: str, keys: str | None) -> str:
    """`keys` as in NSMAAS_KEY_ENCRYPTION_KEY. PostgreSQL shows it to everybody, and keeps 63 bytes of it."""
    try:
        held = parse_key_encryption_keys(keys) if keys else ()
    except MalformedKeyEncryptionKey:
        held = ()  # A system check says so.
    return " ".join([f"nsmaas-{process}", *(mark(key.id) for key in held)])


def mark(kek_id: str) -> str:
    return f"kek:{sha256(kek_id.encode()).hexdigest()[:8]}"
