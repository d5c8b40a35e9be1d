"""Who calls: the certificate that nginx verified and handed on, looked up in the database."""

import hashlib
import ssl
from dataclasses import dataclass
from urllib.parse import unquote

from django.http import HttpRequest
from django.utils import timezone

from pki.models import Certificate
from sensors.models import Gateway, Sensor


@dataclass(frozen=True, slots=True)
class Caller:
    certificate: Certificate
    machine: Sensor | Gateway
    is_accepted: bool  # not revoked and inside its dates, when the call began

    @property
    def kind(self) -> str:
        return "sensor" if isinstance(self.machine, Sensor) else "gateway"


def identify(request: HttpRequest) -> Caller | None:
    """None for a certificate that is missing, malformed, not ours, or of a machine that there is not.

    Only nginx can reach this process's socket and it overwrites the header, so the certificate's signature and the
    possession of its key have been checked. Its revocation has not: that is the database's word.
    """
    certificate = _certificate(request.headers.get("X-Client-Certificate", ""))
    if certificate is None:
        return None
    machine = _machine(certificate)
    if machine is None:
        return None
    now = timezone.now()
    revoked = getattr(certificate, "revocation", None) is not None
    return Caller(certificate, machine, not revoked and certificate.not_before <= now <= certificate.not_after)


def _certificate(header: str) -> Certificate | None:
    try:
        der = ssl.PEM_cert_to_DER_cert(unquote(header))
    except ValueError:
        return None
    fingerprint = hashlib.sha256(der).hexdigest()
    return Certificate.objects.select_related("revocation").filter(fingerprint=fingerprint).first()


def _machine(certificate: Certificate) -> Sensor | Gateway | None:
    """The profile says which kind a subject is: a gateway's certificate never passes for a sensor's."""
    if certificate.profile == "sensor":
        # Little more than its key: whatever the call does, it reads the row again under the lock.
        return Sensor.objects.only("subject", "state").filter(subject=certificate.subject).first()
    if certificate.profile == "gateway":
        return Gateway.objects.filter(subject=certificate.subject).first()
    return None
