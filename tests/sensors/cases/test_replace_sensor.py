import pytest
from django.core.exceptions import ValidationError

from database.roles.declaration import PEOPLE
from pki.models import Certificate
from sensors.cases.operations.replace_sensor import replace_sensor
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.models import Sensor
from tenants.models import AuditEntry
from tests.support.fleet import ACTOR, Fleet
from tests.support.roles import acting_as


def replace(fleet: Fleet, sensor: Sensor) -> Sensor:
    with acting_as(PEOPLE):
        return replace_sensor(sensor=sensor, hardware_serial="B-2", replaced_by=fleet.world.operator.actor)


def test_the_new_one_has_the_name_and_the_facts_and_the_old_one_is_gone_for_good(fleet: Fleet):
    sensor = fleet.connected()
    Sensor.objects.filter(pk=sensor.pk).update(description="grey", hardware_serial="A-1", sniffing_interfaces=["eth1"])
    new = Sensor.objects.get(pk=replace(fleet, sensor).pk)
    old = Sensor.objects.get(pk=sensor.pk)
    assert (new.name, new.site, new.gateway, new.line, new.description, new.sniffing_interfaces) == (
        "box-1", old.site, old.gateway, old.line, "grey", ["eth1"],
    )  # fmt: skip
    assert (new.state, new.hardware_serial) == ("registered", "B-2")
    assert (old.state, old.name.startswith("box-1-old-"), old.hardware_serial) == ("retired", True, "A-1")
    assert new.subject != old.subject
    assert new.address != old.address
    assert not Certificate.objects.of_subject(old.subject).filter(revocation=None).exists()


def test_the_trail_says_of_both_which_replaced_which(fleet: Fleet):
    sensor = fleet.connected()
    new = replace(fleet, sensor)
    entries = AuditEntry.objects.filter(action="sensor:replace")
    assert {entry.subject for entry in entries} == {f"sensor:{sensor.subject}", f"sensor:{new.subject}"}
    for entry in entries:
        assert (entry.details["old"], entry.details["new"]) == (sensor.subject, new.subject)


@pytest.mark.parametrize("why", ["open case", "retired"])
def test_a_reported_or_retired_one_is_not_replaced(fleet: Fleet, why: str):
    sensor = fleet.connected()
    if why == "retired":
        retire_sensor(sensor=sensor, retired_by=ACTOR)
    else:
        fleet.reported(sensor)
    with pytest.raises(ValidationError, match=why):
        replace(fleet, sensor)
    assert Sensor.objects.count() == 1
    assert Sensor.objects.get().name == "box-1"


def test_a_name_as_long_as_can_be_and_a_second_replacement(fleet: Fleet):
    sensor = fleet.register("b" * 19 + "-" + "c" * 12)
    again = replace(fleet, replace(fleet, sensor))
    assert again.name == sensor.name
    assert Sensor.objects.count() == 3
