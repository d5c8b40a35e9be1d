from typing import Any

import pytest
from django.core.exceptions import ValidationError

from sensors.fleet.operations.describe_sensor import describe_sensor
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.models import GatewaySlot, Sensor
from sensors.states import SensorState
from sensors.subjects import SUBJECT
from tests.support.audit_rows import actions
from tests.support.fleet import ACTOR, Fleet
from tests.support.sensors.making import last_details
from tests.support.world import World

BAD: dict[str, dict[str, Any]] = {
    "a name with a line end": {"name": "box\nremote evil"},
    "a name with a line end at its end": {"name": "box-1\n"},
    "a name with a quote": {"name": "box'"},
    "a name with a dot": {"name": "box.example.org"},
    "a name in capitals": {"name": "Box"},
    "a name of 33 characters": {"name": "x" * 33},
    "no name": {"name": ""},
    "an unknown line": {"line": "3.0"},
    "a description with a line end": {"description": "grey box\nDone: box found"},
    "a description with NUL": {"description": "grey\0box"},
    "a description that turns round": {"description": "grey \u202exob"},
    "a description of ten thousand characters": {"description": "x" * 10_000},
    "a serial number with a control": {"hardware_serial": "\x1b[2J"},
}


def make(world: World, **different: Any) -> Sensor:
    values: dict[str, Any] = {"site": world.quay, "gateway": world.gateway, "name": "box-1", "line": "2.4"}
    return register_sensor(**(values | different), registered_by=world.operator.actor)


def test_it_has_a_subject_a_state_a_slot_and_an_audit_row(world: World):
    sensor = make(world, description="grey box in rack 2", hardware_serial="A-1")
    assert SUBJECT.match(sensor.subject)
    assert sensor.state == SensorState.REGISTERED
    assert GatewaySlot.objects.get(sensor=sensor).generation == 2
    assert actions(f"sensor:{sensor.subject}") == ["sensor:register"]
    assert last_details("sensor:register")["address"] == sensor.address


@pytest.mark.parametrize("different", BAD.values(), ids=BAD.keys())
def test_what_could_deceive_or_break_a_file_is_refused(world: World, different: dict[str, Any]):
    with pytest.raises(ValidationError):
        make(world, **different)
    world.gateway.refresh_from_db()
    assert not Sensor.objects.exists()
    assert (world.gateway.generation, world.gateway.next_address_offset) == (1, 2)


def test_a_name_is_there_once_at_a_site_and_may_be_at_another(world: World):
    make(world)
    make(world, site=world.dairy)
    with pytest.raises(ValidationError):
        make(world)


def describe(sensor: Sensor, **different: Any) -> Sensor:
    values: Any = {"name": "box-2", "description": "the black one", "hardware_serial": "B-2"} | different
    return describe_sensor(sensor=sensor, changes=values, described_by=ACTOR)


def test_describing_changes_only_what_people_call_it(fleet: Fleet):
    before = fleet.connected()
    generation = fleet.gateway.generation
    describe(before)
    after = Sensor.objects.get(pk=before.pk)
    assert (after.name, after.description, after.hardware_serial) == ("box-2", "the black one", "B-2")
    assert (after.subject, after.address, after.site, after.state) == (
        before.subject,
        before.address,
        before.site,
        before.state,
    )
    assert fleet.gateway.generation == generation
    assert last_details("sensor:describe")["to"]["name"] == "box-2"


@pytest.mark.parametrize("different", [bad for bad in BAD.values() if "line" not in bad])
def test_describing_in_words_that_could_deceive_changes_nothing(world: World, different: dict[str, Any]):
    sensor = make(world)
    with pytest.raises(ValidationError):
        describe(sensor, **different)
    assert Sensor.objects.get(pk=sensor.pk).name == "box-1"
    assert actions(f"sensor:{sensor.subject}") == ["sensor:register"]


def test_a_report_that_came_meanwhile_is_not_written_over(fleet: Fleet):
    sensor = fleet.enrolled()
    fleet.reported(sensor)
    describe(sensor)
    assert Sensor.objects.get(pk=sensor.pk).state == SensorState.REPORTED


def test_sensors_are_seen_by_their_own_customer_only(world: World):
    mine, theirs = make(world), make(world, site=world.dairy)
    assert list(Sensor.objects.visible_to(world.viewer)) == [mine]
    assert list(Sensor.objects.visible_to(world.stranger)) == [theirs]
    assert set(Sensor.objects.visible_to(world.auditor)) == {mine, theirs}
