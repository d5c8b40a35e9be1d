"""A box is lost or stolen: from this commit on it is worthless."""

import contextlib
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from notices.operations.queue_mails import queue_mails
from notices.operations.wake_worker import wake_worker
from pki.authority.operations.revoke_subject import revoke_subject
from pki.models import Reason, Revocation
from sensors.cases.operations.add_case_note import in_words, write_note
from sensors.cases.report_keys import RepeatedBy, case_of_key, keep_key
from sensors.fleet.operations.change_state import change_state
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.raise_generation import gateways_with_tunnel, raise_generation
from sensors.models import Case, CaseNumber, CertificateRequest, EnrolmentCode, KeyPermit, Measure, MeasureKind, Sensor
from sensors.models.case import BEFORE_THE_FIRST_NUMBER, GATEWAY_MEASURES
from sensors.states import REPORTABLE, SensorState
from tenants.audiences import people_to_tell
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Person
from tenants.operations.decide_approval import overtake_approvals


@transaction.atomic(durable=True)
def report_loss(
    *,
    sensor: Sensor,
    kind: str,
    reported_by: Person,
    received_at: datetime,
    note: str = "",
    callback_phone: str = "",
    repeated_by: RepeatedBy | None = None,
) -> Case:
    """The case; the one that is open already, if somebody was faster. Raises ValidationError.

    With `repeated_by`, the one that this very report has opened before, closed or not. Raises KeyOfAnotherReport and
    KeyInFlight.

    The caller has made sure that `reported_by` may report this sensor. Withholding the key, revoking and telling the
    gateway are one transaction that needs neither broker, signer nor gateway.
    """
    sensor = lock_sensor(sensor)
    if repeated_by and (case := case_of_key(repeated_by=repeated_by, person=reported_by)):
        return case
    if case := Case.objects.filter(sensor=sensor, closed_at=None).first():
        # Somebody says again that it is missing: a person who was asked to agree that it was found must know.
        overtake_approvals(about=case.about, overtaken_by=reported_by)
        _keep_words(case, sensor, reported_by, note, callback_phone)
        if repeated_by:
            keep_key(repeated_by=repeated_by, person=reported_by, case=case)
        return case
    if sensor.state not in REPORTABLE:
        raise ValidationError(f"{sensor.name} is {sensor.get_state_display()}: there is nothing left to cut off.")
    case = Case(
        sensor=sensor,
        kind=kind,
        note=note,
        callback_phone=callback_phone,
        reported_by=reported_by,
        received_at=received_at,
        opened_at=timezone.now(),
    )
    case.full_clean()
    case.number = _next_number()
    case.save(force_insert=True)
    if repeated_by:
        keep_key(repeated_by=repeated_by, person=reported_by, case=case)
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
    return case


def _next_number() -> int:
    """Numbers begin at 1001. One that was given in a transaction that failed is never given again."""
    return BEFORE_THE_FIRST_NUMBER + CaseNumber.objects.create(given_at=timezone.now()).pk


def _keep_words(case: Case, sensor: Sensor, reported_by: Person, note: str, callback_phone: str) -> None:
    """Of a report that finds a case open; pressing the button twice sends the same words twice."""
    words = in_words(note, callback_phone)
    if words and (note, callback_phone) != (case.note, case.callback_phone):
        case.sensor = sensor
        # A case that can hold no more notes refuses no report.
        with contextlib.suppress(ValidationError):
            write_note(case=case, text=words, written_by=reported_by)


def _revoke(sensor: Sensor) -> list[Revocation]:
    now = timezone.now()
    EnrolmentCode.objects.filter(sensor=sensor).usable(now).update(revoked_at=now)
    CertificateRequest.objects.filter(sensor=sensor).waiting().update(refused_because="the sensor was reported")
    CertificateRequest.objects.filter(sensor=sensor).update(tunnel_key="")
    KeyPermit.objects.filter(sensor=sensor).usable(now).update(expires_at=now)
    return revoke_subject(subject=sensor.subject, reason=Reason.KEY_COMPROMISE, now=now)


def _record(case: Case, sensor: Sensor, revocations: list[Revocation]) -> None:
    actor = case.reported_by.actor
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
