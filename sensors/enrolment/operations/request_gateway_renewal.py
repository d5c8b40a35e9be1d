"""A gateway asks, over the machines' door, for a new certificate with a new key, as boxes do."""

from django.db import transaction

from notices.operations.wake_worker import wake_worker
from pki.authority.x509 import Profile, check_csr
from sensors.enrolment.operations.request_enrolment import SIGN_TASK
from sensors.enrolment.operations.request_renewal import RenewalRefused, digest_of, refuse_renewal, same_request
from sensors.fleet.operations.lock_gateway import lock_gateway
from sensors.models import CertificateRequest, Gateway
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_provider_audit


@transaction.atomic(durable=True)
def request_gateway_renewal(*, gateway: Gateway, csr: str, proof: str) -> CertificateRequest:
    """As `request_renewal`, and raises the same. The lock is that of a revocation: it gets nothing after that."""
    checked = check_csr(csr)
    subject, gateway = gateway.subject, lock_gateway(gateway)
    if gateway.revoked_at or gateway.subject != subject:
        raise RenewalRefused
    own = CertificateRequest.objects.filter(gateway=gateway)
    if (earlier := same_request(own, csr)) is not None:
        return earlier
    refuse_renewal(own, profile=Profile.GATEWAY, subject=subject, csr=csr, checked=checked, proof=proof)
    request = CertificateRequest.objects.create(
        gateway=gateway, csr=csr, csr_digest=digest_of(csr), renewal_proof=proof
    )
    record_provider_audit(
        actor=Actor.machine(subject), action=AuditAction.GATEWAY_RENEWAL_REQUEST, subject=f"gateway:{subject}"
    )
    wake_worker(task=SIGN_TASK)
    return request
