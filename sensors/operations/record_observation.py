"""Take in what a gateway observed."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from pki.models import Certificate
from sensors.models import Case, Gateway, GatewayContact, Sensor, Session, Sighting
from sensors.observations import Report, SessionUp
from sensors.operations.confirm_cut_off import confirm_cut_off


class ReportReplayed(Exception):
    """The report is not newer than the last one; `last_sequence` says from where the agent goes on."""

    def __init__(self, last_sequence: int) -> None:
        super().__init__(f"the last report had sequence {last_sequence}")
        self.last_sequence = last_sequence


def record_observation(*, gateway: Gateway, report: Report) -> None:
    """Raises ReportReplayed, and changes nothing then.

    Sessions first, in one transaction with the sequence number. Each cut has a transaction of its own, since cuts lock
    audit chains of several customers. A crash in between loses nothing: the agent had no answer and sends them again.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        _accept(gateway, report, now)
        _end_sessions(gateway, report, now)
        _note_sessions(gateway, report, now)
        _note_sightings(gateway, report)
    for cut in report.cuts:
        confirm_cut_off(gateway=gateway, cut=cut, observed_at=now)


def _accept(gateway: Gateway, report: Report, now: datetime) -> None:
    GatewayContact.objects.get_or_create(gateway=gateway, defaults={"last_report_at": now})
    contact = GatewayContact.objects.select_for_update().get(gateway=gateway)
    if report.sequence <= contact.last_sequence:
        raise ReportReplayed(contact.last_sequence)
    contact.last_report_at, contact.last_sequence = now, report.sequence
    contact.observed_generation = report.generation
    contact.agent_version, contact.openvpn_version = report.agent_version, report.openvpn_version
    contact.problems = [{"code": problem.code, "detail": problem.detail} for problem in report.problems]
    contact.save()


def _end_sessions(gateway: Gateway, report: Report, now: datetime) -> None:
    ended = Session.objects.filter(gateway=gateway, ended_at=None)
    if report.sessions_are_complete:
        ended.exclude(sensor__subject__in={session.subject for session in report.up}).update(ended_at=now)
    elif report.down:
        ended.filter(sensor__subject__in=report.down).update(ended_at=now)


def _note_sessions(gateway: Gateway, report: Report, now: datetime) -> None:
    subjects = {session.subject for session in report.up}
    sensors = {sensor.subject: sensor for sensor in Sensor.objects.filter(gateway=gateway, subject__in=subjects)}
    current = {
        row.sensor_id: row
        for row in Session.objects.filter(gateway=gateway, ended_at=None, sensor__in=sensors.values())
    }
    for session in report.up:
        if sensor := sensors.get(session.subject):
            _note_session(gateway, sensor, current.get(sensor.pk), session, now)


def _note_session(gateway: Gateway, sensor: Sensor, row: Session | None, seen: SessionUp, now: datetime) -> None:
    """A session that began at another time or place is another one: the one before has ended."""
    if row and (row.since, row.public_address) == (seen.since, seen.public_address):
        row.reported_at, row.underlay_address = now, seen.underlay_address
        row.bytes_received, row.bytes_sent = seen.bytes_received, seen.bytes_sent
        row.save(update_fields=["reported_at", "underlay_address", "bytes_received", "bytes_sent"])
        return
    if row:
        row.ended_at = now
        row.save(update_fields=["ended_at"])
    Session.objects.create(
        sensor=sensor,
        gateway=gateway,
        public_address=seen.public_address,
        underlay_address=seen.underlay_address,
        since=seen.since,
        reported_at=now,
        bytes_received=seen.bytes_received,
        bytes_sent=seen.bytes_sent,
    )


def _note_sightings(gateway: Gateway, report: Report) -> None:
    """Only what is a trace of a reported box: a refused certificate without a case is the gateway's log's business."""
    for sighted in report.sightings:
        subjects = Certificate.objects.filter(serial=sighted.serial).values_list("subject", flat=True)
        case = Case.objects.filter(sensor__subject__in=list(subjects), closed_at=None).first()
        if case is not None:
            Sighting.objects.create(
                case=case,
                gateway=gateway,
                at=sighted.at,
                source_address=sighted.source,
                serial=sighted.serial,
                line=sighted.line,
            )
