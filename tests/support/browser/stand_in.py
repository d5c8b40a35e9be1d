"""A gateway's agent and its sensors without network: they report through the same operations as the real ones."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from pki.models import Certificate
from sensors.cases.operations.record_observation import record_observation
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.fleet.observations import Cut, Report, SessionUp, Sighted
from sensors.fleet.operations.record_heartbeat import record_heartbeat
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.models import Case, Gateway, Sensor
from tenants.actors import Actor
from tests.support.fleet import as_reported


def enrol_box(sensors: Iterable[Sensor]) -> None:
    for sensor in sensors:
        code = issue_sensor_code(sensor=sensor, issued_by=Actor.process("story"))
        request_enrolment(code=code, csr=_new_csr(), source="198.51.100.21")
    sign_waiting_certificates()


def open_disk(sensor: Sensor) -> None:
    """Ask for the key, as at boot; whatever the answer, tell how the disk is."""
    certificate = Certificate.objects.of_subject(sensor.subject).not_revoked().get()
    answer = release_disk_key(
        sensor=sensor, certificate=certificate, source=sensor.address, confirmation=as_reported(sensor)
    )
    record_heartbeat(sensor=sensor, disk="open" if answer.disk_key else "locked", kit_version="0.1.0")


def _new_csr() -> str:
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "sensor")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    csr = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return csr.public_bytes(Encoding.PEM).decode()


@dataclass
class StandIn:
    """The agent of one gateway."""

    gateway: Gateway
    sequence: int = 0
    tunnels: dict[str, SessionUp] = field(default_factory=dict)

    def connect(self, sensor: Sensor, *, source: str, since: datetime) -> None:
        self.tunnels[sensor.subject] = SessionUp(
            subject=sensor.subject,
            public_address=source,
            underlay_address=sensor.address,
            since=since,
            client=len(self.tunnels),
            serial="",
            bytes_received=8_412_907_341,
            bytes_sent=96_310_224,
        )

    def disconnect(self, sensor: Sensor) -> None:
        del self.tunnels[sensor.subject]

    def report(self, *, cuts: tuple[Cut, ...] = (), sightings: tuple[Sighted, ...] = ()) -> None:
        self.sequence += 1
        self.gateway.refresh_from_db()
        report = Report(
            sequence=self.sequence,
            generation=self.gateway.generation,
            agent_version="0.1.0",
            openvpn_version="2.6.3",
            sessions_are_complete=True,
            up=tuple(self.tunnels.values()),
            down=(),
            cuts=cuts,
            sightings=sightings,
            problems=(),
        )
        record_observation(gateway=self.gateway, report=report)

    def cut_what_was_reported(self, *, since: timedelta = timedelta(0)) -> None:
        """Only cases that have been open for as long: a page shall be seen to turn."""
        self.gateway.refresh_from_db()
        due = timezone.now() - since
        waiting = Case.objects.unconfirmed().filter(sensor__gateway=self.gateway, opened_at__lte=due)
        subjects = list(waiting.values_list("sensor__subject", flat=True))
        for subject in subjects:
            self.tunnels.pop(subject, None)
        if subjects:
            self.report(cuts=tuple(self._cut(subject) for subject in subjects))

    def see(self, sensor: Sensor, *, source: str, ago: timedelta) -> None:
        certificate = Certificate.objects.of_subject(sensor.subject).latest("created_at")
        error = f"depth=0, error=certificate revoked: CN={sensor.subject}, serial={certificate.serial}"
        line = f"{source}:49152 VERIFY ERROR: {error}"
        sighted = Sighted(serial=certificate.serial, source=source, at=timezone.now() - ago, line=line)
        self.report(sightings=(sighted,))

    def grow(self) -> None:
        """A live tunnel carries something."""
        for subject, tunnel in self.tunnels.items():
            self.tunnels[subject] = replace(tunnel, bytes_received=tunnel.bytes_received + 31_337_000)

    def _cut(self, subject: str) -> Cut:
        return Cut(
            subject=subject,
            generation=self.gateway.generation,
            session_gone=True,
            firewall_closed=True,
            serials_blocked=True,
            client_config_removed=True,
            took_ms=38,
        )
