"""Hand out a sensor's disk key, or say why not. Every answer leaves its rows in the same transaction."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from database.repeated_writes import RepeatedInsert
from notices.operations.queue_mails import queue_mails
from pki.escrow.vault import get_or_create_disk_key
from pki.models import Certificate
from sensors.fleet.observations import Sighted
from sensors.fleet.operations.note_sightings import note_sightings
from sensors.keys.confirmed_sessions import Confirmation
from sensors.keys.operations.read_release_facts import Known, read_release_facts
from sensors.keys.operations.settled_changes import changes_settled
from sensors.keys.release_decision import FOR_PEOPLE, Outcome, Reason, Verdict, decide
from sensors.models import Case, DiskKeyRelease, EnrolmentCode, KeyPermit, Sensor
from tenants.actors import Actor
from tenants.audiences import people_to_tell
from tenants.audit.record_audit import CustomerEntry, record_customer_audit

RECORD = RepeatedInsert(DiskKeyRelease)
# So many refusals of one box within this time have rows of their own.
MOST_LISTED = 10
LISTED_FOR = timedelta(minutes=10)
MOST_MAILS_AN_HOUR = 6


@dataclass(frozen=True, slots=True)
class Answer:
    verdict: Verdict
    disk_key: bytes | None = field(repr=False)


@transaction.atomic(durable=True)
def release_disk_key(*, sensor: Sensor, certificate: Certificate, source: str, confirmation: Confirmation) -> Answer:
    """`source` is the address from which the request reached the machines' door.

    `confirmation` is what the gateway said of the box's tunnel when it was asked, after the request had come.

    The row lock is shared with `report_loss`: a release that begins after a report's answer sees its case.
    """
    known = read_release_facts(sensor=sensor, certificate=certificate)
    now = timezone.now()
    # A permit is looked for where it matters alone: no box that is where it belongs waits for this.
    permit = _permit(sensor, known, confirmation, now) if known.waits_for_people(confirmation) else None
    settled = changes_settled(known, confirmation, permit, now)
    verdict = decide(known.facts(certificate, source, confirmation, now, permit=permit, changes_settled=settled))
    if permit and verdict.reason is Reason.PERMITTED_ONCE:
        _use(permit, known, now)
    _record(sensor, known, certificate, source, confirmation, verdict, now)
    if known.case_id:
        words = f"asked for its disk key: refused ({verdict.reason})"
        seen = Sighted(serial=certificate.serial, source=source, at=now, line=words)
        note_sightings(case=Case.objects.get(pk=known.case_id), gateway=None, sighted=[seen], now=now)
    if not verdict.releases:
        return Answer(verdict, None)
    return Answer(verdict, get_or_create_disk_key(subject=known.subject))


def release_row(
    known: Known, certificate: Certificate, source: str, confirmation: Confirmation, verdict: Verdict, now: datetime
) -> dict[str, object]:
    """The columns of a `DiskKeyRelease`."""
    return {
        "sensor_id": known.sensor_id,
        "at": now,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "source_address": source,
        "public_address": known.public_address(source, confirmation),
        "other_addresses": ", ".join(_other_places(confirmation))[:400],
        "serial": certificate.serial,
        "repeats": 0,
    }


def audit_of_release(
    known: Known, certificate: Certificate, source: str, confirmation: Confirmation, verdict: Verdict
) -> CustomerEntry:
    action = {Outcome.RELEASED: "release", Outcome.REFUSED: "refuse", Outcome.HELD: "hold"}[verdict.outcome]
    return CustomerEntry(
        customer=known.customer,
        actor=Actor.machine(known.subject),
        action=f"sensor:disk-key:{action}",
        subject=f"sensor:{known.subject}",
        details={
            "reason": verdict.reason,
            "source": source,
            "public_address": known.public_address(source, confirmation),
            "serial": certificate.serial,
            **({"other_addresses": others} if (others := _other_places(confirmation)) else {}),
        },
    )


def _other_places(confirmation: Confirmation) -> list[str]:
    return list(confirmation.session.other_places()) if confirmation.session else []


def _permit(sensor: Sensor, known: Known, confirmation: Confirmation, now: datetime) -> KeyPermit | None:
    """Under the sensor's lock, so that of two requests the second sees that it was used."""
    permits = KeyPermit.objects.usable(now).filter(sensor=sensor, public_address=confirmation.public_address)
    return next((permit for permit in permits.with_giver() if known.accepts(permit)), None)


def _use(permit: KeyPermit, known: Known, now: datetime) -> None:
    if permit.used_at is None:
        permit.used_at = now
        permit.save(update_fields=["used_at"])
    if known.code_id is not None and known.enrolled_anew:
        # From now on the box that came with this code is the sensor's box.
        EnrolmentCode.objects.filter(pk=known.code_id, confirmed_at=None).update(confirmed_at=now)


def _record(
    sensor: Sensor,
    known: Known,
    certificate: Certificate,
    source: str,
    confirmation: Confirmation,
    verdict: Verdict,
    now: datetime,
) -> None:
    """A box that is held asks again and again: only a changed answer is worth a row. Of refusals there are some rows in
    some minutes: what is refused over and over is counted, so that no box can grow the audit trail at will.
    """
    public = known.public_address(source, confirmation)
    last = DiskKeyRelease.objects.filter(sensor=sensor).order_by("-at").first() if not verdict.releases else None
    is_repeated = last is not None and _says(last, verdict, public)
    if last and is_repeated and (verdict.outcome is Outcome.HELD or _has_enough_rows(sensor, now)):
        DiskKeyRelease.objects.filter(pk=last.pk).update(repeats=F("repeats") + 1)
        return
    RECORD(**release_row(known, certificate, source, confirmation, verdict, now))
    record_customer_audit(**audit_of_release(known, certificate, source, confirmation, verdict)._asdict())
    if verdict.reason in FOR_PEOPLE and _may_mail(sensor, now):
        queue_mails(
            recipients=people_to_tell(known.customer),
            template="key_held",
            about=f"sensor:{sensor.pk}",
            context={
                "sensor": sensor,
                "reason": verdict.reason,
                "public_address": public,
                "other_addresses": _other_places(confirmation),
                "code_issued_by": known.code_issued_by,
            },
        )


def _says(row: DiskKeyRelease, verdict: Verdict, public_address: str | None) -> bool:
    return (row.outcome, row.reason, row.public_address) == (verdict.outcome, verdict.reason, public_address)


def _may_mail(sensor: Sensor, now: datetime) -> bool:
    """A box that is carried to and fro fills nobody's mailbox. The row of this answer is one of them."""
    held = DiskKeyRelease.objects.filter(sensor=sensor, at__gt=now - timedelta(hours=1), reason__in=FOR_PEOPLE)
    return held.count() <= MOST_MAILS_AN_HOUR


def _has_enough_rows(sensor: Sensor, now: datetime) -> bool:
    return DiskKeyRelease.objects.filter(sensor=sensor, at__gt=now - LISTED_FOR).count() >= MOST_LISTED
