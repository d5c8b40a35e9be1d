from functools import partial

import pytest
from django.core.exceptions import ValidationError

from sensors.fleet.operations.set_sensor_setup import set_sensor_setup
from sensors.fleet.setup_in_force import USUAL_HOME_NETWORKS, setup_in_force
from sensors.interfaces import is_interface_name
from sensors.models import Sensor
from tests.support.fleet import ACTOR, Fleet
from tests.support.sensors.making import last_details

INTERFACES = ["eth1", "enp2s0f1", "p1p1", "bond0", "eth0.100", "eth2.100.4094", "wan_1", "ens1f0np1", "a" * 15]


def test_it_changes_what_is_named_and_says_from_what_to_what(fleet: Fleet):
    set_sensor_setup(
        sensor=fleet.register(),
        changes={"line": "classic", "sniffing_interfaces": INTERFACES, "home_networks": ["10.1.0.0/16", "192.0.2.7"]},
        set_by=ACTOR,
    )
    sensor = Sensor.objects.get()
    assert (sensor.line, sensor.sniffing_interfaces) == ("classic", INTERFACES)
    assert sensor.home_networks == ["10.1.0.0/16", "192.0.2.7/32"]
    assert last_details("sensor:set-setup") == {
        "from": {"line": "2.4", "sniffing_interfaces": [], "home_networks": []},
        "to": {"line": "classic", "sniffing_interfaces": INTERFACES, "home_networks": sensor.home_networks},
    }


def test_two_who_change_different_facts_do_not_undo_one_another(fleet: Fleet):
    stale = fleet.register()
    change = partial(set_sensor_setup, sensor=stale, set_by=ACTOR)
    change(changes={"sniffing_interfaces": ["eth1"]})
    change(changes={"manager_name": "Manager-1", "manager_address": "10.20.0.10"})
    sensor = Sensor.objects.get()
    assert (sensor.sniffing_interfaces, sensor.manager_name) == (["eth1"], "Manager-1")


def test_it_touches_neither_its_gateway_nor_its_state(fleet: Fleet):
    sensor = fleet.enrolled()
    fleet.reported(sensor)
    generation = fleet.gateway.generation
    set_sensor_setup(sensor=sensor, changes={"sniffing_interfaces": ["eth1"]}, set_by=ACTOR)
    assert (fleet.gateway.generation, Sensor.objects.get().state) == (generation, "reported")


def test_half_a_manager_cannot_be_left_behind(fleet: Fleet):
    sensor = fleet.register()
    set_sensor_setup(sensor=sensor, changes={"manager_name": "m", "manager_address": "10.20.0.10"}, set_by=ACTOR)
    with pytest.raises(ValidationError, match="or neither"):
        set_sensor_setup(sensor=sensor, changes={"manager_name": ""}, set_by=ACTOR)
    assert Sensor.objects.get().manager_name == "m"


def test_without_a_word_the_home_networks_are_security_onions_own(fleet: Fleet):
    told = setup_in_force(fleet.register())
    assert (told.home_networks, told.home_networks_from) == (USUAL_HOME_NETWORKS, "Security Onion's usual")
    assert (told.manager_name, told.manager_address, told.manager_from) == ("", "", "")


@pytest.mark.parametrize("name", INTERFACES)
def test_what_the_kernel_calls_them_is_taken(name: str):
    assert is_interface_name(name)
