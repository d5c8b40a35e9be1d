"""After a restoration: revoke again what was revoked since the backup, as gateways and published lists remember it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from pki.authority.operations.adopt_crl import adopt_crl
from pki.authority.operations.revoke_serials import Revoked, revoke_serials
from pki.models import Authority, Certificate, Reason, RecalledSerials, Restoration, Revocation
from sensors.fleet.operations.lock_gateway import lock_gateway
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.raise_generation import raise_generation
from sensors.models import Gateway, Sensor
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit, record_provider_audit

_AT_ONCE = 500


def recover_revocations(*, restoration: Restoration, lists: Iterable[bytes], recovered_by: Actor) -> list[Revocation]:
    """What was written; run again it finds the same and writes nothing. Raises CrlBroken, NoAuthority.

    A gateway is believed of its own sensors alone, a list of everything that its authority has signed. One transaction
    for each machine.
    """
    authority = Authority.objects.current()
    known: dict[str, tuple[datetime, str]] = {}
    for crl in lists:
        known |= adopt_crl(authority=authority, crl=crl).revoked
    by_subject: defaultdict[str, list[Revoked]] = defaultdict(list)
    for subject, one in [*_by_gateways(restoration, known), *_by_lists(authority, known)]:
        by_subject[subject].append(one)
    return [row for subject, found in sorted(by_subject.items()) for row in _revoke(subject, found, recovered_by)]


def _by_gateways(restoration: Restoration, known: Mapping[str, tuple[datetime, str]]) -> Iterable[tuple[str, Revoked]]:
    now = timezone.now()
    for told in RecalledSerials.objects.filter(restoration=restoration).iterator(chunk_size=1):
        own = Sensor.objects.filter(gateway__subject=told.told_by).values("subject")
        for serials in _chunks(told.serials):
            rows = Certificate.objects.not_revoked().filter(serial__in=serials, subject__in=own)
            for key, serial, subject in rows.values_list("pk", "serial", "subject"):
                # A gateway does not say why.
                at, reason = known.get(serial, (now, Reason.UNSPECIFIED))
                yield subject, Revoked(key, Reason(reason), at)


def _by_lists(authority: Authority, known: Mapping[str, tuple[datetime, str]]) -> Iterable[tuple[str, Revoked]]:
    for serials in _chunks(list(known)):
        rows = Certificate.objects.not_revoked().filter(authority=authority, serial__in=serials)
        for key, serial, subject in rows.values_list("pk", "serial", "subject"):
            at, reason = known[serial]
            yield subject, Revoked(key, Reason(reason), at)


def _chunks(serials: list[str]) -> Iterable[list[str]]:
    return (serials[start : start + _AT_ONCE] for start in range(0, len(serials), _AT_ONCE))


@transaction.atomic(durable=True)
def _revoke(subject: str, found: list[Revoked], recovered_by: Actor) -> list[Revocation]:
    sensor = Sensor.objects.filter(subject=subject).first()
    gateway = Gateway.objects.filter(subject=subject).first()
    locked = lock_sensor(sensor) if sensor else None
    if gateway:
        lock_gateway(gateway)
    revocations = revoke_serials(revoked=found)
    if not revocations:
        return []
    serials = [revocation.certificate.serial for revocation in revocations]
    details = {"serials": serials, "restored": True}
    if locked:
        raise_generation(sensor=locked)
        record_customer_audit(
            customer=locked.customer,
            actor=recovered_by,
            action=AuditAction.CERTIFICATE_REVOKE,
            subject=f"sensor:{subject}",
            details=details,
        )
    else:
        record_provider_audit(
            actor=recovered_by,
            action=AuditAction.CERTIFICATE_REVOKE,
            subject=f"gateway:{subject}" if gateway else f"machine:{subject}",
            details=details,
        )
    return revocations
