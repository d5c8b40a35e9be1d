"""Sensors in each stage of their life, made by the real operations, and the reports of a gateway."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from database.roles.declaration import MACHINES, PEOPLE, SIGNER, WORKER
from pki.authority.operations.create_authority import create_authority
from pki.authority.x509 import renewal_message
from pki.escrow.envelope import generate_key_encryption_key
from pki.models import Authority, Certificate
from sensors.cases.operations.announce_moves import announce_moves
from sensors.cases.operations.record_observation import record_observation
from sensors.cases.operations.report_loss import report_loss
from sensors.enrolment.operations.announce_codes import announce_codes
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code, issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.request_renewal import request_renewal
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.fleet.observations import Cut, Report, SessionUp, Sighted
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.keys.confirmed_sessions import Confirmation, ConfirmedSession, EarlierSession
from sensors.keys.operations.announce_permits import announce_permits
from sensors.models import (
    Case,
    EnrolmentCode,
    Gateway,
    GatewayContact,
    KeyPermit,
    Sensor,
    SensorMove,
    Session,
    Sighting,
)
from tenants.actors import Actor
from tenants.models import Customer, Site
from tenants.operations.announce import announce_all
from tenants.operations.announce_networks import announce_networks
from tests.support.roles import acting_as
from tests.support.world import World, make_world

ACTOR = Actor.process("test")
PASSPHRASE = "a passphrase of the tests"


# The keys that the boxes of the tests keep, by the public half.
_keys: dict[bytes, ec.EllipticCurvePrivateKey] = {}


def new_csr(name: str = "whatever") -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    _keys[_public_half(key)] = key
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )


def renewal(machine: Sensor | Gateway, csr: str | None = None, *, by: Certificate | None = None) -> dict[str, str]:
    """What a machine sends for a renewal: a request for a new key, signed with the key of its newest certificate."""
    csr = csr or new_csr()
    newest = by or Certificate.objects.of_subject(machine.subject).order_by("pk").last()
    if newest is None:
        return {"csr": csr, "proof": ""}
    key = _keys[_public_half(x509.load_der_x509_certificate(bytes(newest.der)))]
    signature = key.sign(renewal_message(subject=machine.subject, csr=csr), ec.ECDSA(hashes.SHA256()))
    return {"csr": csr, "proof": base64.b64encode(signature).decode()}


def _public_half(holder: Any) -> bytes:
    half: bytes = holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return half


@dataclass
class Fleet:
    world: World
    authority: Authority

    @property
    def gateway(self) -> Gateway:
        return Gateway.objects.get(pk=self.world.gateway.pk)

    def register(self, name: str = "box-1", site: Any = None) -> Sensor:
        with acting_as(PEOPLE):
            return register_sensor(
                site=site or self.world.quay, gateway=self.world.gateway, name=name, line="2.4", registered_by=ACTOR
            )

    def enrolled(self, name: str = "box-1", site: Any = None) -> Sensor:
        sensor = self.register(name, site)
        self.enrol(sensor)
        return Sensor.objects.get(pk=sensor.pk)

    def enrol(self, sensor: Sensor, csr: str | None = None) -> Certificate:
        with acting_as(PEOPLE):
            code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
            request_enrolment(code=code, csr=csr or new_csr(), source="198.51.100.21")
        sign_waiting()
        return self.certificate_of(sensor)

    def renew(self, sensor: Sensor) -> Certificate:
        with acting_as(MACHINES):
            request_renewal(sensor=sensor, **renewal(sensor))
        sign_waiting()
        return self.certificate_of(sensor)

    def enrol_gateway(self) -> Certificate:
        # The owner of the host issues it, by a command there.
        code = issue_gateway_code(gateway=self.world.gateway, issued_by=ACTOR)
        with acting_as(PEOPLE):
            request_enrolment(code=code, csr=new_csr(), source="198.51.100.1")
        sign_waiting()
        return Certificate.objects.of_subject(self.world.gateway.subject).latest("pk")

    def certificate_of(self, sensor: Sensor) -> Certificate:
        return Certificate.objects.of_subject(sensor.subject).latest("pk")

    def connected(self, name: str = "box-1", site: Any = None, public_address: str = "198.51.100.21") -> Sensor:
        sensor = self.enrolled(name, site)
        self.observe(up=[session_of(sensor, public_address)])
        return sensor

    def reported(self, sensor: Sensor, by: Any = None) -> Case:
        with acting_as(PEOPLE):
            return report_loss(
                sensor=sensor, kind="stolen", reported_by=by or self.world.owner, received_at=timezone.now()
            )

    def cut_off(self, name: str = "box-1", site: Any = None) -> Case:
        """Reported by the site's contact and confirmed by its gateway."""
        sensor = self.connected(name, site)
        case = self.reported(sensor)
        self.observe(down=[sensor.subject], cuts=[self.cut_of(sensor)])
        return Case.objects.select_related("sensor").get(pk=case.pk)

    def observe(self, **parts: Any) -> Report:
        """A report of the gateway with the next sequence number, taken in."""
        report = self.report(**parts)
        with acting_as(MACHINES):
            record_observation(gateway=self.gateway, report=report)
        return report

    def report(
        self,
        *,
        up: list[SessionUp] | None = None,
        down: list[str] | None = None,
        cuts: list[Cut] | None = None,
        sightings: list[Sighted] | None = None,
        complete: bool = False,
        sequence: int | None = None,
    ) -> Report:
        contact = GatewayContact.objects.filter(gateway=self.world.gateway).first()
        return Report(
            sequence=sequence if sequence is not None else (contact.last_sequence if contact else 0) + 1,
            generation=self.gateway.generation,
            agent_version="test",
            openvpn_version="2.6",
            sessions_are_complete=complete,
            up=tuple(up or ()),
            down=tuple(down or ()),
            cuts=tuple(cuts or ()),
            sightings=tuple(sightings or ()),
            problems=(),
        )

    def cut_of(self, sensor: Sensor, **different: Any) -> Cut:
        facts: dict[str, Any] = {
            "subject": sensor.subject,
            "generation": self.gateway.generation,
            "session_gone": True,
            "firewall_closed": True,
            "serials_blocked": True,
            "client_config_removed": True,
            "took_ms": 40,
        }
        return Cut(**(facts | different))


def sign_waiting() -> int:
    """As the signer does."""
    with acting_as(SIGNER):
        return sign_waiting_certificates()


def announce_changes() -> None:
    """As the worker does."""
    with acting_as(WORKER):
        announce_all(announce_networks, announce_codes, announce_permits, announce_moves)


def people_were_told(*, ago: timedelta = timedelta(hours=1)) -> None:
    """Of all that was changed until now, and so long ago."""
    announce_changes()
    at = timezone.now() - ago
    for kind in (EnrolmentCode, KeyPermit, SensorMove):
        kind.objects.exclude(announced_at=None).update(announced_at=at)
    for site in Site.objects.all():
        told = {network: at.isoformat() for network in site.announced_networks}
        Site.objects.filter(pk=site.pk).update(announced_networks=told)


def nobody_has_time_to_object() -> None:
    """What people were told of counts at once: keys that wait for nobody are given out together, others never."""
    Customer.objects.update(change_delay_minutes=0, change_delay_in_force=0)


def session_of(
    sensor: Sensor,
    public_address: str = "198.51.100.21",
    *,
    since: datetime | None = None,
    address: str = "",
    client: int = 7,
    serial: str = "",
) -> SessionUp:
    return SessionUp(
        subject=sensor.subject,
        public_address=public_address,
        underlay_address=address or sensor.address,
        since=since or timezone.now(),
        client=client,
        serial=serial,
        bytes_received=1000,
        bytes_sent=2000,
    )


def seen(case: Case, *, source: str = "203.0.113.7", line: str = "VERIFY ERROR", times: int = 1) -> Sighting:
    """A trace of the case's box."""
    now = timezone.now()
    return Sighting.objects.create(
        case=case,
        at=now,
        told_at=now,
        first_at=now,
        received_at=now,
        times=times,
        source_address=source,
        serial="1",
        line=line,
    )


def confirmed(
    sensor: Sensor,
    public_address: str = "198.51.100.21",
    *,
    address: str = "",
    age_ms: int = 60_000,
    connection_ms: int = 5,
    earlier: tuple[EarlierSession, ...] = (),
) -> Confirmation:
    """What a gateway answers that has seen this tunnel for a minute; the request's connection is new."""
    session = ConfirmedSession(
        subject=sensor.subject,
        public_address=public_address,
        underlay_address=address or sensor.address,
        client=7,
        age_ms=age_ms,
        earlier=earlier,
    )
    return Confirmation(answered=True, session=session, connection_ms=connection_ms)


def as_reported(sensor: Sensor) -> Confirmation:
    """What the gateway answers that reported this sensor's session, or none."""
    session = session_as_reported(sensor.subject)
    return Confirmation(answered=True, session=session, connection_ms=5)


def session_as_reported(subject: str) -> ConfirmedSession | None:
    row = Session.objects.filter(sensor__subject=subject, ended_at=None).first()
    if row is None:
        return None
    return ConfirmedSession(subject, row.public_address, row.underlay_address, row.client, 60_000, ())


@pytest.fixture
def fleet(db: None, settings: Any, tmp_path: Path) -> Fleet:
    return make_fleet(settings, tmp_path)


@pytest.fixture
def committed_fleet(transactional_db: None, settings: Any, tmp_path: Path) -> Fleet:
    """A fleet that other connections see."""
    return make_fleet(settings, tmp_path)


def make_fleet(settings: Any, folder: Path) -> Fleet:
    """All keys of the house in one process, as only tests may have them."""
    settings.PROCESS = "signer"
    settings.CA_KEY_FILE = folder / "ca.key"
    settings.CA_PASSPHRASE = PASSPHRASE
    settings.KEY_ENCRYPTION_KEY = generate_key_encryption_key().to_text()
    authority = create_authority(
        name="underlay", common_name="Test CA", key_file=settings.CA_KEY_FILE, passphrase=PASSPHRASE
    )
    return Fleet(make_world(), authority)
