"""A gateway's certificate in wrong hands tells of stolen boxes: of others' boxes, of the year 2099, without end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from sensors.cases.operations.record_observation import record_observation
from sensors.fleet.observations import MAX_SIGHTINGS, Sighted, parse_report
from sensors.fleet.operations.note_sightings import FOLDED, MOST_A_MINUTE, note_sightings
from sensors.fleet.reported_fields import MalformedReport
from sensors.models import Case, Gateway, Sighting
from tests.support.fleet import Fleet
from tests.support.sensors.reports import GOOD_REPORT
from tests.support.soaking import rounds


def sighted(serial: str, *, at: datetime | None = None, source: str = "203.0.113.7", line: str = "refused") -> Sighted:
    return Sighted(serial=serial, source=source, at=at or timezone.now(), line=line)


def another_gateway() -> Gateway:
    return Gateway.objects.create(name="gateway-2", host="198.51.100.2", network="10.89.0.0/16")


def serial_of_case(fleet: Fleet, case: Case) -> str:
    return fleet.certificate_of(case.sensor).serial


def test_of_another_gateways_box_nothing_is_written(fleet: Fleet):
    case = fleet.cut_off()
    report = replace(fleet.report(sequence=1), sightings=(sighted(serial_of_case(fleet, case)),))
    record_observation(gateway=another_gateway(), report=report)
    assert not Sighting.objects.exists()


def test_what_was_seen_in_the_future_was_seen_now_and_the_told_time_is_kept(fleet: Fleet):
    case, told = fleet.cut_off(), datetime(2099, 1, 1, tzinfo=UTC)
    fleet.observe(sightings=[sighted(serial_of_case(fleet, case), at=told)])
    row = Sighting.objects.get()
    assert (row.told_at, abs(row.at - timezone.now()) < timedelta(minutes=1), row.at == row.received_at) == (
        told,
        True,
        True,
    )


def test_what_was_seen_before_there_was_a_case_was_seen_now(fleet: Fleet):
    case = fleet.cut_off()
    fleet.observe(sightings=[sighted(serial_of_case(fleet, case), at=datetime(1999, 1, 1, tzinfo=UTC))])
    assert Sighting.objects.get().at >= case.received_at


def test_a_box_that_knocks_all_night_is_a_row_for_each_while_and_every_knock_counts(fleet: Fleet):
    case, began = fleet.cut_off(), timezone.now()
    serial, seconds = serial_of_case(fleet, case), 3 * int(FOLDED.total_seconds())
    for second in range(0, seconds, 5):
        now = began + timedelta(seconds=second)
        note_sightings(case=case, gateway=fleet.gateway, sighted=[sighted(serial, at=now)], now=now)
    assert Sighting.objects.count() == 3
    assert sum(Sighting.objects.values_list("times", flat=True)) == seconds / 5


def test_what_is_told_again_is_not_counted_again(fleet: Fleet):
    case = fleet.cut_off()
    told = [sighted(serial_of_case(fleet, case), at=timezone.now() + timedelta(seconds=number)) for number in range(3)]
    for _ in range(2):
        fleet.observe(sightings=told)
    assert (Sighting.objects.count(), Sighting.objects.get().times) == (1, 3)


def test_a_flood_grows_a_case_by_few_rows_a_minute(fleet: Fleet):
    """It was 105 MB of database for 24 MB of reports."""
    case = fleet.cut_off()
    serial, count = serial_of_case(fleet, case), rounds(suite=10, soak=240)
    for number in range(count):
        fleet.observe(
            sightings=[
                sighted(serial, source=f"203.0.{number % 250}.{source}", line="x" * 400) for source in range(1, 101)
            ]
        )
    assert Sighting.objects.count() <= MOST_A_MINUTE * 2
    assert sum(Sighting.objects.values_list("times", flat=True)) == count * 100


def test_a_report_without_end_is_refused_whole():
    many = GOOD_REPORT["sightings"] * (MAX_SIGHTINGS + 1)
    with pytest.raises(MalformedReport, match="sightings must be a list of at most"):
        parse_report({**GOOD_REPORT, "sightings": many})
