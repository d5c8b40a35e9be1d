"""Creating an authority."""

import pytest
from django.db import IntegrityError

from pki.authority.operations.create_authority import create_authority
from pki.authority.signers import SignerUnavailable, configured_signer
from pki.authority.x509 import NameRefused
from pki.models import Authority, NoAuthority
from tests.support.pki.making import PASSPHRASE

pytestmark = pytest.mark.django_db


def test_its_certificate_is_that_of_the_key_in_the_file(authority):
    assert authority.certificate.public_key() == configured_signer().public_key
    authority.certificate.verify_directly_issued_by(authority.certificate)
    assert authority.pem.startswith("-----BEGIN CERTIFICATE-----")


def test_the_database_holds_no_private_key(authority):
    row = Authority.objects.filter(pk=authority.pk).values().get()
    assert set(row) == {"id", "name", "certificate_der", "created_at"}


def test_the_newest_is_the_current_one(authority, ca_settings, tmp_path):
    newer = create_authority(name="next", common_name="Next CA", key_file=tmp_path / "next.key", passphrase=PASSPHRASE)
    assert Authority.objects.current() == newer


def test_without_one_the_question_says_how_to_make_it():
    with pytest.raises(NoAuthority, match="create_authority"):
        Authority.objects.current()


def test_a_taken_name_leaves_no_key_file(authority, tmp_path):
    with pytest.raises(IntegrityError):
        create_authority(name="main", common_name="CA", key_file=tmp_path / "b.key", passphrase=PASSPHRASE)
    assert not (tmp_path / "b.key").exists()


def test_a_refused_name_leaves_no_key_file(tmp_path):
    with pytest.raises(NameRefused):
        create_authority(name="a", common_name="a\nb", key_file=tmp_path / "b.key", passphrase=PASSPHRASE)
    assert not (tmp_path / "b.key").exists()


def test_a_key_file_that_is_there_stays_as_it_is(tmp_path):
    (tmp_path / "b.key").write_text("precious")
    with pytest.raises(SignerUnavailable):
        create_authority(name="a", common_name="a", key_file=tmp_path / "b.key", passphrase=PASSPHRASE)
    assert (tmp_path / "b.key").read_text() == "precious"
    assert not Authority.objects.exists()
