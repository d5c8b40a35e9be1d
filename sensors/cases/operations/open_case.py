"""What makes a box worthless: its case begins, its certificates end, its gateway hears of it, people are told."""

from django.utils import timezone

from notices.operations.queue_mails import queue_mails
from notices.operations.wake_worker import wake_worker
from pki.authority.operations.revoke_subject import revoke_subject
from pki.models import Reason, Revocation
from sensors.cases.report_keys import RepeatedBy, keep_key
from sensors.fleet.operations.change_state import change_state
from sensors.fleet.operations.raise_generation import gateways_with_tunnel, raise_generation
from sensors.models import Case, CaseNumber, CertificateRequest, EnrolmentCode, KeyPermit, Measure, MeasureKind, Sensor
from sensors.models.case import BEFORE_THE_FIRST_NUMBER, GATEWAY_MEASURES
from sensors.states import SensorState
from tenants.audiences import people_to_tell
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit


def open_case(*, case: Case, sensor: Sensor, repeated_by: RepeatedBy | None = None) -> None:
    """For a caller who holds the sensor's row lock, and has found it reportable and without an open case.

    Raises ValidationError for a case that cannot be, and KeyInFlight.
    """
    case.opened_at = timezone.now()
    case.full_clean()
    case.number = _next_number()
    case.save(force_insert=True)
    if repeated_by and case.reported_by:
        keep_key(repeated_by=repeated_by, person=case.reported_by, case=case)
    revocations = _revoke(sensor)
    raise_generation(sensor=sensor)
    # The audit chain last, as everywhere: its holder waits for no other lock.
    _record(case, sensor, revocations)
    _note_measures(case, sensor)
    queue_mails(
        recipients=people_to_tell(sensor.customer),
        template="case_opened",
        about=case.about,
        context={"case": case},
    )
    wake_worker(task="sensors.tasks.publish_crl")


def _next_number() -> int:
    """Numbers begin at 1001. One that was given in a transaction that failed is never given again."""
    return BEFORE_THE_FIRST_NUMBER + CaseNumber.objects.create(given_at=timezone.now()).pk


def _revoke(sensor: Sensor) -> list[Revocation]:
    now = timezone.now()
    EnrolmentCode.objects.filter(sensor=sensor).usable(now).update(revoked_at=now)
    CertificateRequest.objects.filter(sensor=sensor).waiting().update(refused_because="the sensor was reported")
    CertificateRequest.objects.filter(sensor=sensor).update(tunnel_key="")
    KeyPermit.objects.filter(sensor=sensor).usable(now).update(expires_at=now)
    return revoke_subject(subject=sensor.subject, reason=Reason.KEY_COMPROMISE, now=now)


def _record(case: Case, sensor: Sensor, revocations: list[Revocation]) -> None:
    actor = case.reporter.actor
    record_customer_audit(
        customer=sensor.customer,
        actor=actor,
        action=AuditAction.CASE_OPEN,
        subject=case.about,
        details={"sensor": sensor.subject, "kind": case.kind},
    )
    change_state(sensor=sensor, to=SensorState.REPORTED, changed_by=actor)
    record_customer_audit(
        customer=sensor.customer,
        actor=actor,
        action=AuditAction.CERTIFICATE_REVOKE,
        subject=f"sensor:{sensor.subject}",
        details={
            "serials": [revocation.certificate.serial for revocation in revocations],
            "case": str(case.pk),
        },
    )


def _note_measures(case: Case, sensor: Sensor) -> None:
    """Of its gateway, and of one that it has left while that still reports a tunnel of it."""
    now = timezone.now()
    gateways = sorted({sensor.gateway_id, *gateways_with_tunnel(sensor)})
    Measure.objects.bulk_create(
        [
            Measure(case=case, kind=MeasureKind.KEY_WITHHELD, done_at=now),
            Measure(case=case, kind=MeasureKind.CERTIFICATE_REVOKED, done_at=now),
            *(Measure(case=case, kind=kind, gateway_id=key) for key in gateways for kind in GATEWAY_MEASURES),
        ]
    )
