"""A machine asks, over the machines' door, for a new certificate with a new key."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from notices.operations.wake_worker import wake_worker
from pki.authority.operations.check_renewal import check_renewal
from pki.authority.x509 import CheckedCsr, Profile, check_csr
from sensors.enrolment.operations.request_enrolment import SIGN_TASK
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import CertificateRequest, Sensor
from sensors.models.enrolment import CertificateRequestQuerySet
from sensors.states import CONNECTABLE
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit

# A box whose new certificate does not work tries again daily; more would make its cut-off slow.
MOST_A_DAY = 4


class RenewalRefused(Exception):
    """The machine is not in service any more."""


class TooManyRenewals(Exception):
    """It has had MOST_A_DAY certificates within a day."""


@transaction.atomic(durable=True)
def request_renewal(*, sensor: Sensor, csr: str, proof: str) -> CertificateRequest:
    """The waiting request, or the same one again for the same CSR.

    Raises CsrRefused, RenewalRefused, TooManyRenewals and RenewalUnproven, all of which leave the request that waits as
    it is.
    """
    checked = check_csr(csr)
    sensor = lock_sensor(sensor)
    if sensor.state not in CONNECTABLE:
        raise RenewalRefused
    own = CertificateRequest.objects.filter(sensor=sensor)
    if (earlier := same_request(own, csr)) is not None:
        return earlier
    refuse_renewal(own, profile=Profile.SENSOR, subject=sensor.subject, csr=csr, checked=checked, proof=proof)
    request = CertificateRequest.objects.create(sensor=sensor, csr=csr, csr_digest=digest_of(csr), renewal_proof=proof)
    record_customer_audit(
        customer=sensor.customer,
        actor=Actor.machine(sensor.subject),
        action=AuditAction.SENSOR_RENEWAL_REQUEST,
        subject=f"sensor:{sensor.subject}",
    )
    wake_worker(task=SIGN_TASK)
    return request


def same_request(own: CertificateRequestQuerySet, csr: str) -> CertificateRequest | None:
    """The one that a machine sends again. Of `own`, the machine's requests, whose row the caller has locked.

    One that was refused before is passed over, or each time a box asks again would begin again behind it.
    """
    # This door reads no tunnel keys and no codes.
    known = own.defer("tunnel_key", "code_proof")
    return known.filter(code=None, csr_digest=digest_of(csr), refused_because="").first()


def refuse_renewal(
    own: CertificateRequestQuerySet, *, profile: Profile, subject: str, csr: str, checked: CheckedCsr, proof: str
) -> None:
    """Raises RenewalUnproven and TooManyRenewals; else takes the place of what waits.

    The signer asks this again, itself. Here it spares the machine a wait, and others' requests being replaced.
    """
    check_renewal(profile=profile, subject=subject, csr=csr, checked=checked, proof=proof, now=timezone.now())
    if has_had_too_many_renewals(own):
        raise TooManyRenewals
    # One renewal at a time: a machine that asks with a new key has given up the key before.
    own.filter(code=None).waiting().update(refused_because="replaced by a later request")


def has_had_too_many_renewals(own: CertificateRequestQuerySet) -> bool:
    """Asked by the signer as well, since others write what it reads. The caller holds the machine's row lock."""
    since = timezone.now() - timedelta(days=1)
    return own.filter(code=None, signed_at__gt=since).count() >= MOST_A_DAY


def digest_of(csr: str) -> str:
    return hashlib.sha256(csr.strip().encode()).hexdigest()
