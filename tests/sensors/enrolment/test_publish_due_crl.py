import pytest

from pki.authority.operations.create_authority import create_authority
from pki.authority.signers import SignerUnavailable
from pki.models import CertificateRevocationList, NoAuthority
from sensors.enrolment.operations.publish_due_crl import publish_due_crl
from tests.support.fleet import PASSPHRASE, Fleet


def test_a_report_brings_a_new_list_with_its_serials_and_nothing_else_does(fleet: Fleet):
    sensor = fleet.enrolled()
    publish_due_crl()
    publish_due_crl()
    assert CertificateRevocationList.objects.count() == 1
    fleet.reported(sensor)
    CertificateRevocationList.objects.update(this_update="2026-01-01T00:00:00Z")
    publish_due_crl()
    newest = CertificateRevocationList.objects.newest()
    assert newest is not None
    assert (newest.number, newest.entry_count) == (2, 1)


def test_without_the_cas_key_it_says_so_and_publishes_nothing(fleet: Fleet, settings):
    settings.CA_PASSPHRASE = None
    with pytest.raises(SignerUnavailable):
        publish_due_crl()
    assert not CertificateRevocationList.objects.exists()


@pytest.mark.django_db
def test_without_an_authority_it_says_how_to_make_one():
    with pytest.raises(NoAuthority, match="create_authority"):
        publish_due_crl()


def test_with_a_second_authority_it_signs_for_the_one_in_force(fleet: Fleet, settings, tmp_path):
    settings.CA_KEY_FILE = tmp_path / "second.key"
    second = create_authority(
        name="second", common_name="Second CA", key_file=settings.CA_KEY_FILE, passphrase=PASSPHRASE
    )
    publish_due_crl()
    assert CertificateRevocationList.objects.get().authority == second
