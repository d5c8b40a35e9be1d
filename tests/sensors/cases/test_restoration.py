"""A portal that was restored from last week un-revokes nothing: until that is known again, no key leaves it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pki.authority.crl import CrlBroken, build_crl, encode_entry
from pki.authority.operations.publish_crl import publish_crl
from pki.authority.signers import configured_signer
from pki.models import Certificate, CertificateRevocationList, Reason, Restoration, Revocation
from sensors.cases.operations.begin_restoration import begin_restoration
from sensors.cases.operations.recover_revocations import recover_revocations
from sensors.cases.operations.settle_restoration import GatewaysMissing, settle_restoration
from sensors.cases.restoration_report import restoration_report
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import CodeRefused, request_enrolment
from sensors.enrolment.operations.request_renewal import request_renewal
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.gateways.operations.take_recalled_serials import take_recalled_serials
from sensors.keys.release_decision import Outcome
from sensors.keys.release_decision import Reason as WhyNot
from sensors.models import CertificateRequest, Session
from tenants.models import AuditEntry
from tests.support.fleet import ACTOR, Fleet, new_csr, renewal
from tests.support.sensors.release_stories import ask_for_key

pytestmark = pytest.mark.django_db


def begin() -> Restoration:
    return begin_restoration(backup_made_at=timezone.now() - timedelta(days=7), begun_by=ACTOR)


def tell(fleet: Fleet, restoration: Restoration, *serials: str) -> None:
    """As the agent does, all in one part."""
    take_recalled_serials(gateway=fleet.gateway, recall=restoration.pk, part=0, is_last=True, serials=serials)


def recover(restoration: Restoration, *lists: bytes) -> set[str]:
    rows = recover_revocations(restoration=restoration, lists=lists, recovered_by=ACTOR)
    return {row.certificate.subject for row in rows}


def published(number: int, revoked: dict[Certificate, Reason]) -> bytes:
    """A list of this authority from after the backup."""
    now = timezone.now()
    entries = [encode_entry(serial=int(one.serial), revoked_at=now, reason=why) for one, why in revoked.items()]
    return build_crl(
        issuer=next(iter(revoked)).authority.certificate,
        signing_key=configured_signer().signing_key,
        number=number,
        this_update=now.replace(microsecond=0),
        next_update=now.replace(microsecond=0) + timedelta(days=7),
        entries=b"".join(entries),
        count=len(entries),
    )


def test_what_was_good_once_only_ends(fleet: Fleet):
    waiting, code = fleet.connected(), issue_sensor_code(sensor=fleet.register("box-2"), issued_by=ACTOR)
    request_renewal(sensor=waiting, **renewal(waiting))
    before = fleet.gateway.generation
    begin()
    with pytest.raises(CodeRefused):
        request_enrolment(code=code, csr=new_csr(), source="198.51.100.21")
    assert not CertificateRequest.objects.waiting().exists()
    assert not Session.objects.filter(ended_at=None).exists()
    assert fleet.gateway.generation > before
    entry = AuditEntry.objects.get(action="restoration:begin")
    assert entry.details["backup_made_at"].startswith(f"{timezone.now() - timedelta(days=7):%Y-%m-%d}")


def test_no_key_is_given_until_it_is_settled(fleet: Fleet):
    sensor = fleet.connected()
    assert ask_for_key(fleet, sensor).verdict.outcome is Outcome.RELEASED
    restoration = begin()
    fleet.observe()
    assert ask_for_key(fleet, sensor).verdict.reason is WhyNot.PORTAL_RESTORED
    tell(fleet, restoration)
    settle_restoration(restoration=restoration, without=[], settled_by=ACTOR)
    assert ask_for_key(fleet, sensor).verdict.reason is not WhyNot.PORTAL_RESTORED


def test_nothing_is_signed_until_it_is_settled(fleet: Fleet):
    """A stolen box, whose certificate the backup holds as good, would renew it, and its gateway would know no harm."""
    sensor, restoration = fleet.connected(), begin()
    request_renewal(sensor=sensor, **renewal(sensor))
    assert sign_waiting_certificates() == 0
    assert CertificateRequest.objects.waiting().count() == 1
    settle_restoration(restoration=restoration, without=["gateway-1"], settled_by=ACTOR)
    assert sign_waiting_certificates() == 1


def test_no_list_is_published_until_it_is_settled(fleet: Fleet):
    fleet.connected()
    restoration, authority = begin(), fleet.authority
    now = timezone.now()
    assert publish_crl(authority=authority, signer=configured_signer(), now=now, force=True) is None
    settle_restoration(restoration=restoration, without=["gateway-1"], settled_by=ACTOR)
    assert publish_crl(authority=authority, signer=configured_signer(), now=now) is not None


def test_what_a_gateway_remembers_is_revoked_again_and_told_back_to_it(fleet: Fleet):
    stolen, other = fleet.connected("box-1"), fleet.connected("box-2")
    serial, restoration = fleet.certificate_of(stolen).serial, begin()
    tell(fleet, restoration, serial, "999")
    assert recover(restoration) == {stolen.subject}
    assert recover(restoration) == set()
    entries = describe_gateway_state(gateway=fleet.gateway, since=0)["sensors"]
    assert {entry["subject"]: entry["allowed"] for entry in entries} == {stolen.subject: False, other.subject: True}
    assert ask_for_key(fleet, stolen).verdict.reason is WhyNot.CERTIFICATE_REVOKED
    said = "\n".join(restoration_report(restoration=restoration))
    assert f"{stolen.subject} (box-1, Harbour" in said
    assert "its gateway does not say why" in said
    assert "2 serials as revoked, 1 of them" in said


def test_a_gateway_is_not_believed_of_anothers_sensors(fleet: Fleet):
    place = register_gateway(
        name="gateway-2", host="198.51.100.2", port=1194, network="10.89.0.0/16", base_networks=[], registered_by=ACTOR
    )
    there = register_sensor(site=fleet.world.quay, gateway=place, name="there", line="2.4", registered_by=ACTOR)
    fleet.enrol(there)
    restoration = begin()
    tell(fleet, restoration, fleet.certificate_of(there).serial)
    assert recover(restoration) == set()


def test_a_list_that_was_published_says_why_and_the_next_one_is_newer(fleet: Fleet):
    stolen, gateway = fleet.connected(), fleet.enrol_gateway()
    certificate, restoration = fleet.certificate_of(stolen), begin()
    crl = published(41, {certificate: Reason.KEY_COMPROMISE, gateway: Reason.KEY_COMPROMISE})
    assert recover(restoration, crl) == {stolen.subject, fleet.gateway.subject}
    assert Revocation.objects.get(certificate=certificate).reason == Reason.KEY_COMPROMISE
    said = "\n".join(restoration_report(restoration=restoration))
    assert "reported as lost or stolen since the backup" in said
    assert "the certificate of the gateway gateway-1 is revoked" in said
    settle_restoration(restoration=restoration, without=["gateway-1"], settled_by=ACTOR)
    later = timezone.now() + timedelta(minutes=10)
    publish_crl(authority=fleet.authority, signer=configured_signer(), now=later, force=True)
    newest = CertificateRevocationList.objects.newest()
    assert newest is not None
    assert (newest.number, newest.entry_count) == (42, 2)


def test_a_list_that_others_signed_is_refused(fleet: Fleet):
    certificate, restoration = fleet.certificate_of(fleet.connected()), begin()
    crl = bytearray(published(41, {certificate: Reason.KEY_COMPROMISE}))
    crl[-1] ^= 1
    for wrong in (bytes(crl), b"nonsense", b""):
        with pytest.raises(CrlBroken):
            recover(restoration, wrong)
    assert not Revocation.objects.exists()


def test_it_is_not_settled_while_a_gateway_has_not_told_unless_somebody_gives_it_up(fleet: Fleet):
    restoration = begin()
    with pytest.raises(GatewaysMissing, match="gateway-1"):
        settle_restoration(restoration=restoration, without=["gateway-7"], settled_by=ACTOR)
    assert Restoration.objects.open().exists()
    settle_restoration(restoration=restoration, without=["gateway-1"], settled_by=ACTOR)
    assert not Restoration.objects.open().exists()
    assert AuditEntry.objects.get(action="restoration:settle").details == {"without": ["gateway-1"]}


def test_the_command_recovers_lists_and_settles_only_when_told(fleet: Fleet, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(CommandError, match="No restoration is open"):
        call_command("settle_restoration")
    stolen = fleet.connected()
    serial, restoration = fleet.certificate_of(stolen).serial, begin()
    with pytest.raises(CommandError, match="gateway-1"):
        call_command("settle_restoration", "--settle")
    tell(fleet, restoration, serial)
    call_command("settle_restoration")
    said = capsys.readouterr().out
    assert "1 certificates were revoked again" in said
    assert stolen.subject in said
    assert Restoration.objects.open().exists()
    call_command("settle_restoration", "--settle")
    assert not Restoration.objects.open().exists()
