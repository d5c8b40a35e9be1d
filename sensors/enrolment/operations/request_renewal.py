"""A machine asks, over the machines' door, for a new certificate with a new key."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from notices.operations.wake_worker import wake_worker
from pki.authority.operations.check_renewal import check_renewal
from pki.authority.x509 import Profile, check_csr
from sensors.enrolment.operations.request_enrolment import SIGN_TASK
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import CertificateRequest, Sensor
from sensors.states import CONNECTABLE
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit

# A box whose new certificate does not work tries again daily; more would make its cut-off slow.
MOST_A_DAY = 4


class RenewalRefused(Exception):
    """The sensor is not in service any more."""


class TooManyRenewals(Exception):
    """It has had MOST_A_DAY certificates within a day."""


@transaction.atomic(durable=True)
def request_renewal(*, sensor: Sensor, csr: str, proof: str) -> CertificateRequest:
    """The waiting request, or the same one again for the same CSR.

    Raises CsrRefused, RenewalRefused, TooManyRenewals and RenewalUnproven, all of which leave the request that waits as
    it is.
    """
    checked = check_csr(csr)
    digest = hashlib.sha256(csr.strip().encode()).hexdigest()
    sensor = lock_sensor(sensor)
    if sensor.state not in CONNECTABLE:
        raise RenewalRefused
    # One that was refused before is passed over, or each time a box asks again would begin again behind it.
    # This door reads no tunnel keys and no codes.
    known = CertificateRequest.objects.defer("tunnel_key", "code_proof")
    earlier = known.filter(sensor=sensor, code=None, csr_digest=digest, refused_because="").first()
    if earlier is not None:
        return earlier
    # The signer asks this again, itself. Here it spares the box a wait, and others' requests being replaced.
    check_renewal(
        profile=Profile.SENSOR, subject=sensor.subject, csr=csr, checked=checked, proof=proof, now=timezone.now()
    )
    if has_had_too_many_renewals(sensor):
        raise TooManyRenewals
    # One renewal at a time: a box that asks with a new key has given up the key before.
    CertificateRequest.objects.filter(sensor=sensor, code=None).waiting().update(
        refused_because="replaced by a later request"
    )
    request = CertificateRequest.objects.create(sensor=sensor, csr=csr, csr_digest=digest, renewal_proof=proof)
    record_customer_audit(
        customer=sensor.customer,
        actor=Actor.machine(sensor.subject),
        action=AuditAction.SENSOR_RENEWAL_REQUEST,
        subject=f"sensor:{sensor.subject}",
    )
    wake_worker(task=SIGN_TASK)
    return request


def has_had_too_many_renewals(sensor: Sensor) -> bool:
    """Asked by the signer as well, since others write what it reads. The caller holds the sensor's row lock."""
    since = timezone.now() - timedelta(days=1)
    signed = CertificateRequest.objects.filter(sensor=sensor, code=None, signed_at__gt=since)
    return signed.count() >= MOST_A_DAY
