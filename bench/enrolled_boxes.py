"""Boxes that went through the portal's own operations: registered, code issued, CSR in, signed."""

from dataclasses import dataclass
from pathlib import Path

from bench.csrs import key_to_pem, make_csr, make_key
from bench.key_clients import KeyClient
from bench.people_and_places import ACTOR, PUBLIC_ADDRESS
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.models import Case, CertificateRequest, Gateway, Sensor
from tenants.models import Site


@dataclass(frozen=True)
class Box:
    """A sensor with what its own disk would hold."""

    sensor: Sensor
    key_pem: str
    request: CertificateRequest

    @property
    def certificate_pem(self) -> str:
        if self.request.certificate is None:
            raise RuntimeError(f"{self.sensor} was not signed")
        return self.request.certificate.pem

    def was_reported(self) -> bool:
        return Case.objects.filter(sensor=self.sensor).exists()

    def as_key_client(self, folder: Path) -> KeyClient:
        pem = folder / f"{self.sensor.subject}.pem"
        pem.touch(mode=0o600)
        pem.write_text(self.certificate_pem + self.key_pem)
        return KeyClient(pem, self.sensor.address)


def enrol_boxes(*, gateway: Gateway, sites: list[Site], count: int, prefix: str = "bench") -> list[Box]:
    """As many boxes, spread over the sites. Needs a process that is a signer."""
    asked = []
    for number in range(count):
        sensor = register_sensor(
            site=sites[number % len(sites)],
            gateway=gateway,
            name=f"{prefix}-{number}",
            line="2.4",
            registered_by=ACTOR,
        )
        key = make_key()
        code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
        request = request_enrolment(code=code, csr=make_csr(key), source=PUBLIC_ADDRESS)
        asked.append((sensor, key_to_pem(key), request))
    while sign_waiting_certificates():
        pass
    boxes = [Box(sensor, key, CertificateRequest.objects.get(pk=request.pk)) for sensor, key, request in asked]
    for box in boxes:
        box.sensor.refresh_from_db()
    return boxes
