"""An authority with its key, and a key-encryption key, made anew for each test."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from pki.authority.operations.create_authority import create_authority
from pki.authority.operations.issue_certificate import issue_certificate
from pki.authority.signers import Signer, configured_signer
from pki.authority.x509 import CheckedCsr, Profile, check_csr
from pki.escrow.envelope import KeyEncryptionKey, generate_key_encryption_key
from pki.models import Authority, Certificate
from tests.support.pki.making import PASSPHRASE, csr_for


@pytest.fixture
def ca_settings(settings, tmp_path: Path):
    settings.PROCESS = "signer"
    settings.CA_KEY_FILE = tmp_path / "ca.key"
    settings.CA_PASSPHRASE = PASSPHRASE
    return settings


@pytest.fixture
def authority(db, ca_settings) -> Authority:
    return create_authority(
        name="main", common_name="Example CA", key_file=ca_settings.CA_KEY_FILE, passphrase=PASSPHRASE
    )


@pytest.fixture
def signer(authority: Authority) -> Signer:
    return configured_signer()


@pytest.fixture
def csr() -> CheckedCsr:
    return check_csr(csr_for(ec.generate_private_key(ec.SECP256R1())))


@pytest.fixture
def certificate(authority: Authority, signer: Signer, csr: CheckedCsr) -> Certificate:
    return issue_certificate(
        authority=authority,
        profile=Profile.SENSOR,
        subject="s-abcdefghijkl",
        csr=csr,
        signer=signer,
        now=timezone.now(),
    )


@pytest.fixture
def kek(settings) -> KeyEncryptionKey:
    made = generate_key_encryption_key()
    settings.KEY_ENCRYPTION_KEY = made.to_text()
    return made
