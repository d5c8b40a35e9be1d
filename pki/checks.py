"""System checks: a process that holds a secret it must not hold, or lacks one it needs, does not start."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from pki.authority.signers import SignerUnavailable, configured_signer
from pki.escrow.envelope import MalformedKeyEncryptionKey, parse_key_encryption_keys
from pki.escrow.vault import EscrowUnavailable, WrongKeyEncryptionKey, verify_key_encryption_key
from pki.grants import NEED_CA_KEY, NEED_KEY_ENCRYPTION_KEY
from pki.models import Authority, KeyEncryptionKeyCheck, NoAuthority

# The administrator of the host, who may hold what the command at hand needs.
_MANAGE = "manage"


@register
def check_secrets_of_process(**_: object) -> list[CheckMessage]:
    """The table "which process holds which secret" of the architecture."""
    return [
        *_key_encryption_key_is_well_formed(),
        *_key_encryption_key_is_where_it_belongs(),
        *_ca_key_is_where_it_belongs(),
        *_ca_key_file_is_private(),
        *_ca_key_opens(),
    ]


@register(Tags.database)
def check_key_encryption_key_of_database(databases: Iterable[str] | None = None, **_: object) -> list[CheckMessage]:
    """The key-encryption key opens what this database holds."""
    if settings.KEY_ENCRYPTION_KEY is None or not databases or not _is_migrated():
        return []
    try:
        verify_key_encryption_key()
    except WrongKeyEncryptionKey as error:
        return [Error(str(error), id="pki.E002")]
    except EscrowUnavailable:
        return []  # pki.E001 says what is wrong with it.
    return []


@register(Tags.database)
def check_ca_key_of_database(*, databases: Iterable[str] | None = None, **_: object) -> list[CheckMessage]:
    """The CA's key is that of the authority that issues now."""
    if settings.PROCESS not in NEED_CA_KEY or not databases or not _is_migrated():
        return []
    try:
        authority, signer = Authority.objects.current(), configured_signer()
    except (NoAuthority, SignerUnavailable):
        return []  # Nothing to compare; pki.E005 and pki.E007 say what is wrong with the key.
    if signer.public_key == authority.certificate.public_key():
        return []
    return [Error(f"The CA's private key is not that of the authority {authority.name!r}.", id="pki.E008")]


def refuse_wrong_keys() -> None:
    """Raise ImproperlyConfigured unless this process holds the keys it must, and the database's ones."""
    databases = ["default"]
    found = check_secrets_of_process()
    # Who holds a key that is not its own may not even read what that would be compared with.
    if not any(message.is_serious() for message in found):
        found += check_key_encryption_key_of_database(databases=databases)
        found += check_ca_key_of_database(databases=databases)
    errors = [str(message.msg) for message in found if message.is_serious()]
    if errors:
        raise ImproperlyConfigured(" ".join(errors))


def _key_encryption_key_is_well_formed() -> list[CheckMessage]:
    if settings.KEY_ENCRYPTION_KEY is None:
        return []
    try:
        parse_key_encryption_keys(settings.KEY_ENCRYPTION_KEY)
    except MalformedKeyEncryptionKey as error:
        return [Error(f"NSMAAS_KEY_ENCRYPTION_KEY: {error}", id="pki.E001")]
    return []


def _key_encryption_key_is_where_it_belongs() -> list[CheckMessage]:
    return _belongs(
        "the key-encryption key (NSMAAS_KEY_ENCRYPTION_KEY)",
        held=settings.KEY_ENCRYPTION_KEY is not None,
        needed_by=NEED_KEY_ENCRYPTION_KEY,
        too_much="pki.E003",
        too_little="pki.E005",
    )


def _ca_key_is_where_it_belongs() -> list[CheckMessage]:
    file, passphrase = settings.CA_KEY_FILE is not None, settings.CA_PASSPHRASE is not None
    needed = settings.PROCESS in NEED_CA_KEY
    return _belongs(
        "the CA's private key (NSMAAS_CA_KEY_FILE and NSMAAS_CA_PASSPHRASE)",
        # Either half is too much for a process that may not sign, and too little for the one that must.
        held=(file and passphrase) if needed else (file or passphrase),
        needed_by=NEED_CA_KEY,
        too_much="pki.E004",
        too_little="pki.E005",
    )


def _belongs(what: str, *, held: bool, needed_by: frozenset[str], too_much: str, too_little: str) -> list[CheckMessage]:
    process = settings.PROCESS
    if process == _MANAGE or held == (process in needed_by):
        return []
    if held:
        return [Error(f"The process {process!r} must not hold {what}: unset it there.", id=too_much)]
    return [Error(f"The process {process!r} cannot work without {what}.", id=too_little)]


def _ca_key_file_is_private() -> list[CheckMessage]:
    path = settings.CA_KEY_FILE
    if path is None or not Path(path).exists() or not Path(path).stat().st_mode & 0o077:
        return []
    return [checks.Warning(f"{path} is readable by others than its owner.", hint="chmod 600", id="pki.W001")]


def _ca_key_opens() -> list[CheckMessage]:
    # Only where it is needed, and only once both halves are there: pki.E005 tells of a missing half.
    if settings.PROCESS not in NEED_CA_KEY or settings.CA_KEY_FILE is None or settings.CA_PASSPHRASE is None:
        return []
    try:
        configured_signer()
    except SignerUnavailable as error:
        return [Error(str(error), id="pki.E007")]
    return []


def _is_migrated() -> bool:
    # `migrate` itself runs the database checks, before there is any table.
    return KeyEncryptionKeyCheck._meta.db_table in connection.introspection.table_names()
