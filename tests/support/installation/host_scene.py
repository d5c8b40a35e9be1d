"""Boxes of a portal that runs on a host of its own, by its own commands: nothing of the tests is installed there."""

import json
from typing import Any

from tests.support.installation.portal_machine import PortalMachine

_BEGIN = """
import json
from io import StringIO
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import call_command
from django.utils import timezone
from pki.escrow.vault import get_or_create_disk_key
from pki.models import Certificate, CertificateRevocationList, Revocation, WrappedKey
from sensors.cases.operations.report_loss import report_loss
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.models import Case, Sensor
from tenants.models import Person

def seed():
    said = StringIO()
    call_command("seed_demo", stdout=said)
    return [(box["subject"], box["code"]) for box in json.loads(said.getvalue())["sensors"]]

def enrol(box):
    key = ec.generate_private_key(ec.SECP256R1())
    csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    request_enrolment(code=box[1], csr=csr.public_bytes(Encoding.PEM).decode(), source="198.51.100.21")
    sign_waiting_certificates()
    return get_or_create_disk_key(subject=box[0]).hex()

def key_of(box):
    found = WrappedKey.objects.filter(subject=box[0]).exists()
    return get_or_create_disk_key(subject=box[0]).hex() if found else None

def report(box):
    by = Person.objects.get(email="olga@provider.example")
    report_loss(sensor=Sensor.objects.get(subject=box[0]), kind="stolen", reported_by=by, received_at=timezone.now())

def is_cut(box):
    "Whether its certificate is revoked, and whether there is a case."
    one = Certificate.objects.of_subject(box[0]).latest("pk")
    revoked = Revocation.objects.filter(certificate=one).exists()
    return [revoked, Case.objects.filter(sensor__subject=box[0]).exists()]

def published_list():
    call_command("publish_crl", "--force", stdout=StringIO())
    return bytes(CertificateRevocationList.objects.latest("pk").der).hex()
"""


def evaluate_there(machine: PortalMachine, expression: str, **values: Any) -> Any:
    """What one of the above, or several, say there; each start of the portal's commands takes seconds."""
    script = machine.root / "var/tmp/scene.py"
    named = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    script.write_text(f"{_BEGIN}\n{named}print(json.dumps({expression}))\n")
    command = "nsm-portal manage shell --verbosity 0 -c 'exec(open(\"/var/tmp/scene.py\").read())'"
    return json.loads(machine.shell(command).strip().splitlines()[-1])
