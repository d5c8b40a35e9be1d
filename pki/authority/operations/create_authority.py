"""Create a certificate authority."""

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.utils import timezone

from pki.authority.signers import create_encrypted_file
from pki.authority.x509 import build_authority_certificate
from pki.models import Authority


def create_authority(*, name: str, common_name: str, key_file: Path, passphrase: str) -> Authority:
    """Make its key file and its row, or neither. Raises SignerUnavailable, NameRefused or IntegrityError."""
    signer = create_encrypted_file(path=key_file, passphrase=passphrase)
    try:
        with transaction.atomic():
            now = timezone.now()
            certificate = build_authority_certificate(name=common_name, signing_key=signer.signing_key, now=now)
            return Authority.objects.create(
                name=name, certificate_der=certificate.public_bytes(Encoding.DER), created_at=now
            )
    except BaseException:
        # The file is the one that was just made: create_encrypted_file replaces nothing.
        key_file.unlink()
        raise
