"""Hand out a sensor's disk key, or say why not. Every answer leaves its rows in the same transaction."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from database.repeated_writes import RepeatedInsert
from pki.escrow import get_or_create_disk_key
from pki.models import Certificate
from sensors.confirmed_sessions import Confirmation
from sensors.models import DiskKeyRelease, KeyPermit, Sensor, Sighting
from sensors.operations.read_release_facts import Known, read_release_facts
from sensors.operations.tell_people import people_to_tell
from sensors.release_decision import FOR_PEOPLE, Outcome, Reason, Verdict, decide
from tenants.actors import Actor
from tenants.operations.queue_mail import queue_mails
from tenants.operations.record_audit import CustomerEntry, record_customer_audit

RECORD = RepeatedInsert(DiskKeyRelease)


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
    permit = _permit(sensor, confirmation, now) if known.waits_for_people(confirmation) else None
    verdict = decide(known.facts(certificate, source, confirmation, now, permitted_once=permit is not None))
    if permit and permit.used_at is None and verdict.reason is Reason.PERMITTED_ONCE:
        permit.used_at = now
        permit.save(update_fields=["used_at"])
    _record(sensor, known, certificate, source, confirmation, verdict, now)
    if known.case_id:
        Sighting.objects.create(
            case_id=known.case_id,
            at=now,
            source_address=source,
            serial=certificate.serial,
            line=f"asked for its disk key: refused ({verdict.reason})",
        )
    if verdict.outcome is not Outcome.RELEASED:
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


def _permit(sensor: Sensor, confirmation: Confirmation, now: datetime) -> KeyPermit | None:
    """Under the sensor's lock, so that of two requests the second sees that it was used."""
    return KeyPermit.objects.usable(now).filter(sensor=sensor, public_address=confirmation.public_address).first()


def _record(
    sensor: Sensor,
    known: Known,
    certificate: Certificate,
    source: str,
    confirmation: Confirmation,
    verdict: Verdict,
    now: datetime,
) -> None:
    """A box that is held asks again and again: only a changed answer is worth a row."""
    public = known.public_address(source, confirmation)
    if verdict.outcome is Outcome.HELD and _is_repeated(sensor, verdict, public):
        return
    RECORD(**release_row(known, certificate, source, confirmation, verdict, now))
    record_customer_audit(**audit_of_release(known, certificate, source, confirmation, verdict)._asdict())
    if verdict.reason in FOR_PEOPLE:
        queue_mails(
            recipients=people_to_tell(known.customer),
            template="key_held",
            about=f"sensor:{sensor.pk}",
            context={"sensor": sensor, "public_address": public, "other_addresses": _other_places(confirmation)},
        )


def _is_repeated(sensor: Sensor, verdict: Verdict, public_address: str | None) -> bool:
    last = DiskKeyRelease.objects.filter(sensor=sensor).order_by("-at").first()
    now = (verdict.outcome, verdict.reason, public_address)
    return last is not None and (last.outcome, last.reason, last.public_address) == now
