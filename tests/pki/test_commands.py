"""The commands of the authority and the escrow."""

import stat
import subprocess
from io import StringIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.management import CommandError, call_command
from django.utils import timezone

from pki.authority.operations.revoke_subject import revoke_subject
from pki.escrow.envelope import parse_key_encryption_key
from pki.models import Authority, Certificate, CertificateRevocationList, Reason
from tests.support.pki.making import PASSPHRASE


def run(*arguments: object) -> str:
    output = StringIO()
    call_command(*map(str, arguments), stdout=output, stderr=output)
    return output.getvalue()


def test_create_key_encryption_key_writes_a_private_file_and_prints_no_secret(tmp_path):
    path = tmp_path / "kek"
    printed = run("create_key_encryption_key", path)
    kek = parse_key_encryption_key(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kek.id in printed
    assert kek.to_text().partition(":")[2] not in printed


def test_create_key_encryption_key_refuses_to_overwrite(tmp_path):
    path = tmp_path / "kek"
    run("create_key_encryption_key", path)
    before = path.read_bytes()
    with pytest.raises(CommandError, match="never overwritten"):
        run("create_key_encryption_key", path)
    assert path.read_bytes() == before


def test_create_authority_makes_key_and_row_and_prints_no_secret(db, ca_settings):
    printed = run("create_authority", "main", "--common-name", "Example CA")
    assert Authority.objects.current().name == "main"
    assert ca_settings.CA_KEY_FILE.exists()
    assert PASSPHRASE not in printed


def test_create_authority_says_which_settings_it_needs(db, ca_settings):
    ca_settings.CA_PASSPHRASE = None
    with pytest.raises(CommandError, match="NSMAAS_CA_PASSPHRASE"):
        run("create_authority", "main", "--common-name", "Example CA")


def test_create_authority_refuses_a_second_one_of_the_same_name(authority, ca_settings, tmp_path):
    ca_settings.CA_KEY_FILE = tmp_path / "second.key"
    with pytest.raises(CommandError, match="already"):
        run("create_authority", "main", "--common-name", "Example CA")
    assert not ca_settings.CA_KEY_FILE.exists()


def test_publish_crl_signs_what_is_due_and_no_more(authority, certificate):
    assert "list 1 of main with 0 entries" in run("publish_crl")
    assert "Nothing was due" in run("publish_crl")
    revoke_subject(subject=certificate.subject, reason=Reason.KEY_COMPROMISE, now=timezone.now())
    assert "list 2 of main with 1 entries" in run("publish_crl")
    assert "list 3" in run("publish_crl", "--force")
    assert CertificateRevocationList.objects.count() == 3


def test_publish_crl_says_what_is_missing(db, ca_settings):
    with pytest.raises(CommandError, match="create_authority"):
        run("publish_crl")


@pytest.fixture
def door(transactional_db, authority, tmp_path):
    names = ("--name", "10.0.0.1", "--name", "door.example.org")
    run("issue_door_certificate", *names, "--directory", tmp_path / "door")
    return tmp_path / "door"


@pytest.mark.live
def test_the_door_certificate_is_one_that_openssl_takes_for_both_names(door):
    for check in (["-verify_ip", "10.0.0.1"], ["-verify_hostname", "door.example.org"]):
        command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", *check, "-CAfile", "ca.crt"]
        done = subprocess.run([*command, "door.crt"], cwd=door, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_the_door_key_is_private_and_fits_the_certificate(door):
    assert stat.S_IMODE((door / "door.key").stat().st_mode) == 0o600
    key = load_pem_private_key((door / "door.key").read_bytes(), None)
    certificate = x509.load_pem_x509_certificate((door / "door.crt").read_bytes())
    assert key.public_key() == certificate.public_key()
    assert Certificate.objects.get().serial == str(certificate.serial_number)


def test_the_door_files_are_replaced_only_when_told_so(door):
    before = (door / "door.key").read_bytes()
    arguments = ("issue_door_certificate", "--name", "10.0.0.1", "--directory", door)
    with pytest.raises(CommandError, match="--replace"):
        run(*arguments)
    assert (door / "door.key").read_bytes() == before
    run(*arguments, "--replace")
    assert (door / "door.key").read_bytes() != before


def test_a_door_under_no_name_is_refused_and_leaves_no_file(transactional_db, authority, tmp_path):
    with pytest.raises(CommandError, match="neither an IP address nor a DNS name"):
        run("issue_door_certificate", "--name", "a b", "--directory", tmp_path / "door")
    assert list((tmp_path / "door").iterdir()) == []
    assert not Certificate.objects.exists()
