from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sensors.cases.operations.record_observation import ReportReplayed, record_observation
from sensors.fleet.observations import Problem, Sighted
from sensors.models import GatewayContact, Sensor, Session, Sighting
from tests.support.fleet import Fleet, session_of
from tests.support.sensors.elsewhere import gateway_elsewhere


def sighted(fleet: Fleet, sensor: Sensor, **different: Any) -> Sighted:
    values: dict[str, Any] = {
        "serial": fleet.certificate_of(sensor).serial,
        "source": "203.0.113.66",
        "at": timezone.now(),
        "line": "VERIFY ERROR",
    }
    return Sighted(**(values | different))


def current(sensor: Sensor) -> Session | None:
    return Session.objects.current().filter(sensor=sensor).first()


@pytest.mark.parametrize("sequence", [0, 1, 4, 5])
def test_a_report_that_does_not_rise_is_refused_and_changes_nothing(fleet: Fleet, sequence: int):
    sensor = fleet.enrolled()
    fleet.observe(sequence=5)
    before = GatewayContact.objects.values().get()
    with pytest.raises(ReportReplayed) as caught:
        fleet.observe(sequence=sequence, up=[session_of(sensor)], sightings=[sighted(fleet, sensor)])
    assert caught.value.last_sequence == 5
    assert GatewayContact.objects.values().get() == before
    assert not Session.objects.exists()


def test_a_replayed_report_confirms_no_cut(fleet: Fleet):
    sensor = fleet.connected()
    fleet.reported(sensor)
    with pytest.raises(ReportReplayed):
        fleet.observe(sequence=1, cuts=[fleet.cut_of(sensor)])
    assert Sensor.objects.get(pk=sensor.pk).state == "reported"


def test_sequences_of_two_gateways_are_apart(fleet: Fleet):
    fleet.observe(sequence=500)
    other = gateway_elsewhere()
    record_observation(gateway=other, report=fleet.report(sequence=1))
    assert GatewayContact.objects.get(gateway=other).last_sequence == 1


def test_what_the_gateway_says_of_itself_is_kept_and_an_empty_list_clears_problems(fleet: Fleet):
    report = replace(fleet.report(), problems=(Problem("crl-directory-unreadable", "it is gone"),))
    record_observation(gateway=fleet.gateway, report=report)
    contact = GatewayContact.objects.get()
    assert (contact.agent_version, contact.openvpn_version, contact.observed_generation) == ("test", "2.6", 1)
    assert contact.problems == [{"code": "crl-directory-unreadable", "detail": "it is gone"}]
    fleet.observe()
    assert GatewayContact.objects.get().problems == []


def test_a_delta_leaves_the_sessions_that_it_does_not_name(fleet: Fleet):
    one, other = fleet.connected("box-1"), fleet.connected("box-2")
    fleet.observe(down=[one.subject])
    assert current(one) is None
    assert current(other) is not None


def test_a_full_report_ends_the_sessions_that_it_does_not_name(fleet: Fleet):
    one, other = fleet.connected("box-1"), fleet.connected("box-2")
    kept = current(other)
    assert kept is not None
    fleet.observe(complete=True, up=[session_of(other, since=kept.since)])
    assert current(one) is None
    assert current(other) == kept


def test_another_gateways_full_report_ends_none_of_ours(fleet: Fleet):
    sensor = fleet.connected()
    record_observation(gateway=gateway_elsewhere(), report=fleet.report(sequence=1, complete=True))
    assert current(sensor) is not None


def test_another_gateway_cannot_speak_of_our_sensors(fleet: Fleet):
    sensor = fleet.enrolled()
    record_observation(gateway=gateway_elsewhere(), report=fleet.report(sequence=1, up=[session_of(sensor)]))
    assert not Session.objects.exists()


def test_the_same_session_again_is_the_same_row_with_new_counts(fleet: Fleet):
    sensor, since = fleet.enrolled(), timezone.now()
    for sent in (2000, 3000):
        fleet.observe(up=[replace(session_of(sensor, since=since), bytes_sent=sent)])
    assert Session.objects.count() == 1
    assert Session.objects.get().bytes_sent == 3000


def test_a_session_that_floats_to_another_address_stays_one_session(fleet: Fleet):
    sensor = fleet.enrolled()
    first = session_of(sensor)
    fleet.observe(up=[first])
    fleet.observe(up=[replace(first, public_address="203.0.113.9")])
    session = Session.objects.get()
    assert (session.public_address, session.ended_at) == ("203.0.113.9", None)


@pytest.mark.parametrize(
    "later",
    [{"client": 8}, {"since": timezone.now() + timedelta(minutes=1)}],
    ids=lambda later: next(iter(later)),
)
def test_with_another_number_or_start_it_is_another_session(fleet: Fleet, later: dict[str, Any]):
    sensor = fleet.enrolled()
    first = session_of(sensor)
    fleet.observe(up=[first])
    fleet.observe(up=[replace(first, **later)])
    assert Session.objects.count() == 2
    now = current(sensor)
    assert now is not None
    assert {key: getattr(now, key) for key in later} == later


def test_down_and_up_in_one_report_is_a_new_session(fleet: Fleet):
    sensor = fleet.connected()
    fleet.observe(down=[sensor.subject], up=[session_of(sensor)])
    assert Session.objects.count() == 2
    assert Session.objects.current().count() == 1


@pytest.mark.parametrize("connected", [False, True])
def test_a_box_listed_twice_while_it_reconnects_is_where_it_came_from_last(fleet: Fleet, *, connected: bool):
    sensor = fleet.connected() if connected else fleet.enrolled()
    now = timezone.now()
    older = session_of(sensor, "198.51.100.21", since=now - timedelta(minutes=5))
    newer = session_of(sensor, "203.0.113.9", since=now)
    fleet.observe(up=[newer, older])
    session = Session.objects.current().get(sensor=sensor)
    assert (session.public_address, session.since) == ("203.0.113.9", now)


def test_a_subject_that_is_not_ours_is_passed_over(fleet: Fleet):
    sensor = fleet.enrolled()
    stray = replace(session_of(sensor), subject="s-aaaaaaaaaaaa")
    fleet.observe(up=[stray, session_of(sensor)], down=["s-bbbbbbbbbbbb"])
    assert [session.sensor for session in Session.objects.all()] == [sensor]


def test_a_sighting_belongs_to_the_case_of_the_certificates_box(fleet: Fleet):
    sensor = fleet.enrolled()
    case = fleet.reported(sensor)
    fleet.observe(sightings=[sighted(fleet, sensor)])
    sighting = Sighting.objects.get()
    assert (sighting.case, sighting.gateway, sighting.source_address) == (case, fleet.gateway, "203.0.113.66")


def test_without_a_case_or_with_a_strange_serial_there_is_no_sighting(fleet: Fleet):
    sensor, other = fleet.enrolled("box-1"), fleet.enrolled("box-2")
    fleet.reported(other)
    fleet.observe(sightings=[sighted(fleet, sensor), sighted(fleet, sensor, serial="1")])
    assert not Sighting.objects.exists()


def test_a_sighting_that_is_told_again_is_noted_once(fleet: Fleet):
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    seen = sighted(fleet, sensor)
    fleet.observe(sightings=[seen])
    fleet.observe(sightings=[seen, replace(seen, source="203.0.113.9")])
    assert sorted(case.sightings.values_list("source_address", flat=True)) == ["203.0.113.66", "203.0.113.9"]


def test_the_number_of_queries_does_not_grow_with_the_sessions(fleet: Fleet):
    sensors = [fleet.enrolled(f"box-{number}") for number in range(9)]
    since = timezone.now()

    def queries(*seen: Sensor) -> int:
        up = [session_of(sensor, since=since) for sensor in seen]
        with CaptureQueriesContext(connection) as captured:
            fleet.observe(up=up)
        return len(captured)

    fleet.observe()
    assert queries(*sensors[:1]) == queries(*sensors[1:])  # new ones
    assert queries(*sensors[:1]) == queries(*sensors[1:])  # the same again
    assert Session.objects.current().count() == 9
