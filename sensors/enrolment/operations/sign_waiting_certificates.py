import logging

from pki.authority.signers import configured_signer
from pki.models import Authority
from sensors.enrolment.operations.sign_certificate import sign_certificate
from sensors.models import CertificateRequest

logger = logging.getLogger(__name__)


def sign_waiting_certificates() -> int:
    """How many were signed. One transaction each: a request that cannot be signed holds up no other.

    Raises SignerUnavailable in a process that was not given the CA's key.
    """
    waiting = CertificateRequest.objects.waiting().order_by("requested_at")
    requests = list(waiting.select_related("sensor")[:100])
    if not requests:
        return 0
    authority, signer, signed = Authority.objects.current(), configured_signer(), 0
    for request in requests:
        try:
            signed += sign_certificate(request=request, authority=authority, signer=signer) is not None
        except Exception:
            logger.exception("certificate request %s could not be signed; it stays waiting", request.pk)
    return signed
