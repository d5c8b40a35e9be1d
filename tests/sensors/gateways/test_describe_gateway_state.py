from typing import Any

import pytest

from pki.models import Certificate
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.models import Sensor
from tenants.models import AuditEntry
from tests.support.fleet import ACTOR, Fleet


def state(fleet: Fleet, since: int = 0) -> dict[str, Any]:
    return describe_gateway_state(gateway=fleet.gateway, since=since)


def entry(fleet: Fleet, sensor, since: int = 0):
    return next(item for item in state(fleet, since)["sensors"] if item["subject"] == sensor.subject)


def test_from_nothing_it_is_everything(fleet: Fleet):
    sensors = [fleet.enrolled("box-1"), fleet.register("box-2")]
    answer = state(fleet)
    assert (answer["generation"], answer["full"]) == (fleet.gateway.generation, True)
    assert {item["subject"] for item in answer["sensors"]} == {sensor.subject for sensor in sensors}
    assert set(answer["config"]) == {"server_conf", "firewall"}


def test_an_enrolled_sensor_is_allowed_with_its_address_and_serial(fleet: Fleet):
    sensor = fleet.enrolled()
    assert entry(fleet, sensor) == {
        "subject": sensor.subject,
        "generation": fleet.gateway.generation,
        "address": "10.88.0.2",
        "allowed": True,
        "client_config": "ifconfig-push 10.88.0.2 255.255.0.0\n",
        "serials": [fleet.certificate_of(sensor).serial],
        "revoked_serials": [],
    }


def test_a_sensor_without_a_certificate_is_not_allowed(fleet: Fleet):
    item = entry(fleet, fleet.register())
    assert (item["allowed"], item["client_config"], item["serials"]) == (False, None, [])


@pytest.mark.parametrize("end", ["report", "retire"])
def test_out_of_service_it_is_not_allowed_and_all_its_serials_are_revoked(fleet: Fleet, end: str):
    sensor = fleet.enrolled()
    fleet.enrol(sensor)
    serials = list(Certificate.objects.of_subject(sensor.subject).order_by("pk").values_list("serial", flat=True))
    before = fleet.gateway.generation
    if end == "report":
        fleet.reported(sensor)
    else:
        retire_sensor(sensor=sensor, retired_by=ACTOR)
    item = entry(fleet, sensor, since=before)
    assert (item["allowed"], item["client_config"], item["serials"]) == (False, None, [])
    assert item["revoked_serials"] == serials


def test_a_new_enrolment_names_the_old_serial_as_revoked(fleet: Fleet):
    sensor = fleet.enrolled()
    old = fleet.certificate_of(sensor).serial
    new = fleet.enrol(sensor).serial
    item = entry(fleet, sensor)
    assert (item["allowed"], item["serials"], item["revoked_serials"]) == (True, [new], [old])


def test_a_delta_holds_only_what_changed(fleet: Fleet):
    one, other = fleet.enrolled("box-1"), fleet.enrolled("box-2")
    before = fleet.gateway.generation
    fleet.reported(one)
    answer = state(fleet, since=before)
    assert [item["subject"] for item in answer["sensors"]] == [one.subject]
    assert (answer["full"], answer["config"]) == (False, None)
    assert other.subject not in repr(answer)


def test_when_nothing_changed_nothing_is_told(fleet: Fleet):
    fleet.enrolled()
    answer = state(fleet, since=fleet.gateway.generation)
    assert (answer["generation"], answer["full"], answer["config"], answer["sensors"]) == (
        fleet.gateway.generation,
        False,
        None,
        [],
    )


def test_several_changes_of_one_sensor_are_one_entry(fleet: Fleet):
    sensor = fleet.enrolled()
    fleet.enrol(sensor)
    fleet.reported(sensor)
    assert len(state(fleet)["sensors"]) == 1


def test_deltas_one_after_the_other_come_to_the_whole(fleet: Fleet):
    known: dict[str, Any] = {}
    since = 1
    for change in (
        lambda: fleet.enrolled("box-1"),
        lambda: fleet.enrolled("box-2"),
        lambda: fleet.reported(fleet.register("box-3")),
    ):
        change()
        answer = state(fleet, since)
        known |= {item["subject"]: item for item in answer["sensors"]}
        since = answer["generation"]
    assert known == {item["subject"]: item for item in state(fleet)["sensors"]}


def test_another_gateways_sensors_are_not_told(fleet: Fleet):
    fleet.enrolled()
    other = register_gateway(
        name="gateway-2", host="198.51.100.2", port=1194, network="10.99.0.0/16", base_networks=[], registered_by=ACTOR
    )
    answer = describe_gateway_state(gateway=other, since=0)
    assert (answer["generation"], answer["sensors"]) == (1, [])


def test_who_knows_more_than_we_do_gets_everything_with_a_generation_above(fleet: Fleet):
    """This database was restored from an old backup."""
    sensor = fleet.enrolled()
    answer = state(fleet, since=1000)
    assert (answer["generation"], answer["full"]) == (1001, True)
    assert [item["subject"] for item in answer["sensors"]] == [sensor.subject]
    assert answer["config"] is not None
    assert state(fleet, since=1001)["sensors"] == []
    assert state(fleet, since=1001)["generation"] == 1001


def test_a_leap_is_noted_and_the_next_change_is_seen(fleet: Fleet):
    sensor = fleet.enrolled()
    knew = fleet.gateway.generation
    state(fleet, since=1000)
    noted = AuditEntry.objects.get(action="gateway:ahead-of-portal")
    assert noted.details == {"gateway_knows": 1000, "portal_knew": knew}
    fleet.reported(sensor)
    assert entry(fleet, sensor, since=1001)["allowed"] is False


def test_the_number_of_queries_does_not_grow_with_the_fleet(fleet: Fleet, django_assert_num_queries):
    for number in range(3):
        fleet.enrolled(f"box-{number}")
    gateway = fleet.gateway
    with django_assert_num_queries(5):  # a savepoint and its end, the gateway, the slots and the serials
        describe_gateway_state(gateway=gateway, since=0)


@pytest.mark.parametrize("name", ["registered", "reported", "cut-off", "retired"])
def test_a_certificate_alone_lets_no_sensor_in(fleet: Fleet, name: str):
    """As if a revocation had been missed: the state is a lock of its own."""
    sensor = fleet.enrolled()
    Sensor.objects.filter(pk=sensor.pk).update(state=name)
    item = entry(fleet, sensor)
    assert (item["allowed"], item["client_config"]) == (False, None)
