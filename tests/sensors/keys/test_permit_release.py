"""A box that is held somewhere gets its key there once, because somebody who has looked says so."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from notices.models import Mail
from sensors.keys.operations.permit_release import permit_release
from sensors.keys.release_decision import Outcome, Reason
from sensors.models import KeyPermit, Sensor
from tenants.models import AuditEntry
from tests.support.fleet import Fleet, announce_changes, people_were_told, session_of
from tests.support.sensors.release_stories import ask_for_key

THERE, ELSEWHERE = "203.0.113.9", "203.0.113.10"


@pytest.fixture
def held(fleet: Fleet) -> Sensor:
    sensor = fleet.connected(public_address=THERE)
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.PUBLIC_NETWORK_UNEXPECTED
    return sensor


def permit(fleet: Fleet, sensor: Sensor, address: str = THERE) -> KeyPermit:
    return permit_release(sensor=sensor, public_address=address, permitted_by=fleet.world.manager)


def later(**span: int) -> None:
    """As if all that happened to permits had happened earlier."""
    for row in KeyPermit.objects.all():
        row.expires_at -= timedelta(**span)
        row.used_at = row.used_at and row.used_at - timedelta(**span)
        row.save()


def test_it_is_for_one_boot(fleet: Fleet, held: Sensor):
    permit(fleet, held)
    assert ask_for_key(fleet, held).disk_key
    later(minutes=2)
    assert ask_for_key(fleet, held).verdict.outcome is Outcome.HELD


def test_an_answer_that_was_lost_is_given_again_for_a_minute(fleet: Fleet, held: Sensor):
    permit(fleet, held)
    assert ask_for_key(fleet, held).disk_key == ask_for_key(fleet, held).disk_key
    used = KeyPermit.objects.get().used_at
    assert ask_for_key(fleet, held).disk_key
    assert KeyPermit.objects.get().used_at == used, "or a minute would never end"


def test_it_ends_by_itself(fleet: Fleet, held: Sensor):
    permit(fleet, held)
    later(minutes=66)
    assert ask_for_key(fleet, held).disk_key is None


def test_it_counts_an_hour_from_when_it_begins_to_count(fleet: Fleet, held: Sensor):
    delay = fleet.world.harbour.change_delay
    given = permit(fleet, held)
    assert given.expires_at - given.permitted_at == timedelta(hours=1) + delay


def had_its_key_at_home(fleet: Fleet) -> Sensor:
    """A box that is held elsewhere now, and has something to lose."""
    sensor = fleet.connected()
    assert ask_for_key(fleet, sensor).disk_key
    fleet.observe(up=[session_of(sensor, THERE)])
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.PUBLIC_NETWORK_UNEXPECTED
    return sensor


def test_a_key_that_is_older_waits_until_people_were_told_and_could_say_no(fleet: Fleet, old_keys: None):
    sensor = had_its_key_at_home(fleet)
    permit(fleet, sensor)
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.CHANGE_TOO_RECENT
    people_were_told(ago=timedelta(minutes=4))
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.CHANGE_TOO_RECENT
    people_were_told(ago=timedelta(minutes=5))
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.PERMITTED_ONCE
    assert ask_for_key(fleet, sensor).disk_key, "an answer that was lost is given again"


def test_it_is_for_one_address(fleet: Fleet, held: Sensor):
    permit(fleet, held)
    fleet.observe(up=[session_of(held, ELSEWHERE)])
    assert ask_for_key(fleet, held).disk_key is None


def test_it_is_for_one_sensor(fleet: Fleet, held: Sensor):
    other = fleet.connected("box-2", public_address=THERE)
    permit(fleet, held)
    assert ask_for_key(fleet, other).disk_key is None


def test_it_is_used_up_only_where_it_was_needed(fleet: Fleet, held: Sensor):
    permit(fleet, held)
    fleet.observe(up=[session_of(held)])
    assert ask_for_key(fleet, held).verdict.reason is Reason.ALL_FACTS_FIT
    assert KeyPermit.objects.get().used_at is None


def test_a_box_that_does_not_wait_is_given_none(fleet: Fleet):
    sensor = fleet.connected()
    ask_for_key(fleet, sensor)
    with pytest.raises(ValidationError, match="does not wait"):
        permit(fleet, sensor)


def test_what_was_read_must_still_be_so(fleet: Fleet, held: Sensor):
    fleet.observe(up=[session_of(held, ELSEWHERE)])
    ask_for_key(fleet, held)
    with pytest.raises(ValidationError, match=ELSEWHERE):
        permit(fleet, held)
    assert not KeyPermit.objects.exists()


def test_a_report_takes_it_away_and_nothing_brings_it_back(fleet: Fleet, held: Sensor):
    permit(fleet, held)
    fleet.reported(held)
    assert not KeyPermit.objects.usable(timezone.now()).exists()
    assert ask_for_key(fleet, held).verdict.reason is Reason.CASE_OPEN
    with pytest.raises(ValidationError, match="does not wait"):
        permit(fleet, held)


def test_two_who_permit_permit_one_boot(fleet: Fleet, held: Sensor):
    assert permit(fleet, held) == permit_release(sensor=held, public_address=THERE, permitted_by=fleet.world.operator)


def test_everybody_hears_of_it(fleet: Fleet, held: Sensor):
    permit(fleet, held)
    announce_changes()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor) == ("sensor:disk-key:permit", str(fleet.world.manager.actor))
    assert entry.details["public_address"] == THERE
    told = Mail.objects.filter(subject__startswith="Key permitted once").values_list("recipient", flat=True)
    assert set(told) == {f"{name}@example.org" for name in ("administrator", "manager", "operator", "owner")}
