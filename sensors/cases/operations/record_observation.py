"""Take in what a gateway observed."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from pki.models import Certificate
from sensors.cases.operations.confirm_cut_off import confirm_cut_off
from sensors.fleet.observations import Report, SessionUp
from sensors.fleet.operations.note_sightings import note_sightings
from sensors.models import Case, Gateway, GatewayContact, Sensor, Session


class ReportReplayed(Exception):
    """The report is not newer than the last one; `last_sequence` says from where the agent goes on."""

    def __init__(self, last_sequence: int) -> None:
        super().__init__(f"the last report had sequence {last_sequence}")
        self.last_sequence = last_sequence


class GatewayRevoked(Exception):
    """Nothing that this gateway says counts any more."""


def record_observation(*, gateway: Gateway, report: Report) -> None:
    """Raises ReportReplayed and GatewayRevoked, and changes nothing then.

    Sessions first, in one transaction with the sequence number. Each cut has a transaction of its own, since cuts lock
    audit chains of several customers. A crash in between loses nothing: the agent had no answer and sends them again.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        _accept(gateway, report, now)
        _end_sessions(gateway, report, now)
        _note_sessions(gateway, report, now)
        _note_sightings(gateway, report, now)
    for cut in report.cuts:
        confirm_cut_off(gateway=gateway, cut=cut, observed_at=now)


def _accept(gateway: Gateway, report: Report, now: datetime) -> None:
    GatewayContact.objects.get_or_create(gateway=gateway, defaults={"last_report_at": now})
    contact = GatewayContact.objects.select_for_update().get(gateway=gateway)
    # The one who revokes it takes this lock, too: either sees what the other has done.
    if Gateway.objects.serving().filter(pk=gateway.pk, subject=gateway.subject).first() is None:
        raise GatewayRevoked
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
    # OpenVPN may list a box that comes back twice for a moment: the later session is the one that holds.
    latest = {session.subject: session for session in sorted(report.up, key=lambda session: session.since)}
    sensors = {sensor.subject: sensor for sensor in Sensor.objects.filter(gateway=gateway, subject__in=latest)}
    current = {
        row.sensor_id: row
        for row in Session.objects.filter(gateway=gateway, ended_at=None, sensor__in=sensors.values())
    }
    pairs = [(session, sensors[session.subject]) for session in latest.values() if session.subject in sensors]
    _note_the_same(
        now, [(seen, current[sensor.pk]) for seen, sensor in pairs if _is_same(current.get(sensor.pk), seen)]
    )
    _note_new(gateway, now, [(seen, sensor) for seen, sensor in pairs if not _is_same(current.get(sensor.pk), seen)])


def _is_same(row: Session | None, seen: SessionUp) -> bool:
    """A session that floats to another address is the same: OpenVPN's number says so, for as long as OpenVPN runs."""
    return row is not None and (row.since, row.client) == (seen.since, seen.client)


def _note_the_same(now: datetime, pairs: list[tuple[SessionUp, Session]]) -> None:
    for seen, row in pairs:
        row.reported_at, row.underlay_address = now, seen.underlay_address
        row.public_address, row.serial = seen.public_address, seen.serial or row.serial
        row.bytes_received, row.bytes_sent = seen.bytes_received, seen.bytes_sent
    fields = ["reported_at", "underlay_address", "public_address", "serial", "bytes_received", "bytes_sent"]
    Session.objects.bulk_update([row for _, row in pairs], fields, batch_size=500)


def _note_new(gateway: Gateway, now: datetime, pairs: list[tuple[SessionUp, Sensor]]) -> None:
    """The session before it, if there was one, has ended."""
    before = Session.objects.filter(gateway=gateway, ended_at=None, sensor__in=[sensor for _, sensor in pairs])
    before.update(ended_at=now)
    Session.objects.bulk_create(
        Session(
            sensor=sensor,
            gateway=gateway,
            public_address=seen.public_address,
            underlay_address=seen.underlay_address,
            since=seen.since,
            client=seen.client,
            serial=seen.serial,
            noted_at=now,
            reported_at=now,
            bytes_received=seen.bytes_received,
            bytes_sent=seen.bytes_sent,
        )
        for seen, sensor in pairs
    )


def _note_sightings(gateway: Gateway, report: Report, now: datetime) -> None:
    """Only what is a trace of a reported box that is, or was, this gateway's: any other is its own log's business."""
    serials = {sighted.serial for sighted in report.sightings}
    subjects = dict(Certificate.objects.filter(serial__in=serials).values_list("serial", "subject"))
    open_cases = Case.objects.open().filter(sensor__slots__gateway=gateway, sensor__subject__in=set(subjects.values()))
    for case in open_cases.select_related("sensor").order_by("pk"):
        own = [sighted for sighted in report.sightings if subjects.get(sighted.serial) == case.sensor.subject]
        note_sightings(case=case, gateway=gateway, sighted=own, now=now)
