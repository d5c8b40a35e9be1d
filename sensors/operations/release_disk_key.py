"""Hand out a sensor's disk key, or say why not. Every answer leaves its rows in the same transaction."""

import ipaddress
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from pki.escrow import get_or_create_disk_key
from pki.models import Certificate
from sensors.models import Case, DiskKeyRelease, Sensor, SensorContact, Session, Sighting
from sensors.operations.lock_sensor import lock_sensor
from sensors.operations.tell_people import people_to_tell
from sensors.release_decision import Facts, Outcome, Reason, Verdict, decide
from sensors.states import SensorState
from tenants.actors import Actor
from tenants.operations.queue_mail import queue_mails
from tenants.operations.record_audit import record_customer_audit


@dataclass(frozen=True, slots=True)
class Answer:
    verdict: Verdict
    disk_key: bytes | None = field(repr=False)


@transaction.atomic(durable=True)
def release_disk_key(*, sensor: Sensor, certificate: Certificate, source: str) -> Answer:
    """`source` is the address from which the request reached the machines' door.

    The row lock is shared with `report_loss`: a release that begins after a report's answer sees its case.
    """
    sensor = lock_sensor(sensor)
    case = Case.objects.filter(sensor=sensor, closed_at=None).first()
    session = _trusted_session(sensor)
    verdict = decide(_facts(sensor, certificate, source, case, session))
    _record(sensor, certificate, source, session, verdict)
    if case:
        Sighting.objects.create(
            case=case,
            at=timezone.now(),
            source_address=source,
            serial=certificate.serial,
            line=f"asked for its disk key: refused ({verdict.reason})",
        )
    if verdict.outcome is not Outcome.RELEASED:
        return Answer(verdict, None)
    _note_contact(sensor)
    return Answer(verdict, get_or_create_disk_key(subject=sensor.subject))


def _note_contact(sensor: Sensor) -> None:
    now = timezone.now()
    if not SensorContact.objects.filter(sensor=sensor).update(last_release_at=now):
        SensorContact.objects.update_or_create(sensor=sensor, defaults={"last_release_at": now})


def _trusted_session(sensor: Sensor) -> Session | None:
    """The sensor's tunnel, if its gateway has reported of late: what a silent gateway last said may not hold."""
    session = Session.objects.filter(sensor=sensor, ended_at=None).select_related("gateway__contact").first()
    if session is None or session.gateway.contact.is_silent(timezone.now()):
        return None
    return session


def _facts(sensor: Sensor, certificate: Certificate, source: str, case: Case | None, session: Session | None) -> Facts:
    now = timezone.now()
    expected = sensor.site.expects(ipaddress.ip_address(session.public_address)) if session else None
    return Facts(
        state=SensorState(sensor.state),
        case_open=case is not None,
        certificate_revoked=not Certificate.objects.not_revoked().filter(pk=certificate.pk).exists(),
        certificate_valid_now=certificate.not_before <= now <= certificate.not_after,
        source_is_own_underlay_address=source == sensor.address,
        session_reported=session is not None and session.underlay_address == sensor.address,
        public_address_expected=expected,
    )


def _is_repeated(sensor: Sensor, verdict: Verdict, public_address: str | None) -> bool:
    last = DiskKeyRelease.objects.filter(sensor=sensor).order_by("-at").first()
    now = (verdict.outcome, verdict.reason, public_address)
    return last is not None and (last.outcome, last.reason, last.public_address) == now


def _record(sensor: Sensor, certificate: Certificate, source: str, session: Session | None, verdict: Verdict) -> None:
    """A box that is held asks again and again: only a changed answer is worth a row."""
    public = session.public_address if session else None
    if verdict.outcome is Outcome.HELD and _is_repeated(sensor, verdict, public):
        return
    DiskKeyRelease.objects.create(
        sensor=sensor,
        at=timezone.now(),
        outcome=verdict.outcome,
        reason=verdict.reason,
        source_address=source,
        public_address=public,
        serial=certificate.serial,
    )
    action = {Outcome.RELEASED: "release", Outcome.REFUSED: "refuse", Outcome.HELD: "hold"}[verdict.outcome]
    record_customer_audit(
        customer=sensor.customer,
        actor=Actor.machine(sensor.subject),
        action=f"sensor:disk-key:{action}",
        subject=f"sensor:{sensor.subject}",
        details={
            "reason": verdict.reason,
            "source": source,
            "public_address": public,
            "serial": certificate.serial,
        },
    )
    if verdict.reason is Reason.PUBLIC_NETWORK_UNEXPECTED:
        queue_mails(
            recipients=people_to_tell(sensor.customer),
            template="key_held",
            about=f"sensor:{sensor.pk}",
            context={"sensor": sensor, "public_address": public},
        )
