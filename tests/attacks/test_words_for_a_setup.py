"""What is told to Security Onion's setup is typed as root, and says to whom a box reports."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from sensors.fleet.operations.set_sensor_setup import set_sensor_setup
from sensors.models import Sensor
from tenants.models import AuditEntry, Customer, Site
from tenants.operations.set_customer_setup import set_customer_setup
from tenants.operations.set_site_setup import set_site_setup
from tests.support.fleet import ACTOR, Fleet
from tests.support.signed_in import As

MANAGER = {"manager_name": "manager", "manager_address": "10.20.0.10"}
HOSTILE: dict[str, dict[str, Any]] = {
    "a name with a line end": MANAGER | {"manager_name": "manager\nrm -rf /"},
    "a name with a line end at its end": MANAGER | {"manager_name": "manager\n"},
    "a name with a quote": MANAGER | {"manager_name": "manager'"},
    "a name that is a pattern": MANAGER | {"manager_name": ".*"},
    "a name with a domain": MANAGER | {"manager_name": "manager.example.org"},
    "a name that is an option": MANAGER | {"manager_name": "-manager"},
    "the box itself": MANAGER | {"manager_name": "localhost"},
    "a name in letters that look alike": MANAGER | {"manager_name": "m\u0430nager"},
    "an address with a command": MANAGER | {"manager_address": "10.20.0.10;rm"},
    "an address with a line end": MANAGER | {"manager_address": "10.20.0.10\n"},
    "an address of IPv6": MANAGER | {"manager_address": "::1"},
    "an address of the box": MANAGER | {"manager_address": "127.0.0.1"},
    "an address of nobody": MANAGER | {"manager_address": "0.0.0.0"},  # noqa: S104  # it is refused
    "a name alone": {"manager_name": "manager"},
    "an address alone": {"manager_address": "10.20.0.10"},
    "a network with a command": {"home_networks": ["10.0.0.0/8;rm"]},
    "a network with host bits": {"home_networks": ["10.1.2.3/8"]},
    "a network with a zone": {"home_networks": ["fe80::%eth0\nrm/64"]},
    "everything": {"home_networks": ["0.0.0.0/0"]},
    "everything of IPv6": {"home_networks": ["::/0"]},
    "everything in halves": {"home_networks": ["0.0.0.0/1", "128.0.0.0/1"]},
    "everything of IPv4 written as IPv6": {"home_networks": ["::ffff:0:0/96"]},
    "loopback": {"home_networks": ["127.0.0.0/8"]},
    "one network in another": {"home_networks": ["10.0.0.0/8", "10.1.0.0/16"]},
    "one network twice": {"home_networks": ["10.1.0.0/16", "10.1.0.0/16"]},
    "sixty-five networks": {"home_networks": [f"10.{number}.0.0/16" for number in range(65)]},
    "no list": {"home_networks": "10.0.0.0/8"},
    "a list in a list": {"home_networks": [["10.0.0.0/8"]]},
}
HOSTILE_OF_SENSORS: dict[str, dict[str, Any]] = {
    "a way out of a folder": {"sniffing_interfaces": ["../x"]},
    "an interface with a line end": {"sniffing_interfaces": ["eth1\nrm"]},
    "an interface with a line end at its end": {"sniffing_interfaces": ["eth1\n"]},
    "an interface with a space": {"sniffing_interfaces": ["eth1 eth2"]},
    "an interface with a quote": {"sniffing_interfaces": ["eth1'"]},
    "an interface of 16": {"sniffing_interfaces": ["e" * 16]},
    "an interface of 15 in two bytes each": {"sniffing_interfaces": ["\u00e9" * 15]},
    "an interface that is an option": {"sniffing_interfaces": ["-i"]},
    "no VLAN": {"sniffing_interfaces": ["eth0.0"]},
    "a VLAN that is none": {"sniffing_interfaces": ["eth0.4095"]},
    "a VLAN of digits that are no ASCII": {"sniffing_interfaces": ["eth0.\u0661"]},
    "dots": {"sniffing_interfaces": [".."]},
    "the tunnel": {"sniffing_interfaces": ["tun0"]},
    "the box itself": {"sniffing_interfaces": ["lo"]},
    "one interface twice": {"sniffing_interfaces": ["eth1", "eth1"]},
    "one interface and its VLAN": {"sniffing_interfaces": ["eth1.100", "eth0", "eth1"]},
    "seventeen interfaces": {"sniffing_interfaces": [f"eth{number}" for number in range(17)]},
    "an unknown line": {"line": "3.0"},
}


@pytest.mark.parametrize("line", ["classic", "2.4", "3.x"])
def test_no_file_sends_a_box_to_where_its_gateway_drops_everything(fleet: Fleet, signed_in: As, line: str):
    """Its own end of the tunnel was the default, in which the gateway takes nothing but a ping."""
    sensor, client = fleet.register(), signed_in(fleet.world.operator)
    Sensor.objects.update(line=line)
    for name in ("sosetup.conf", "so-worksheet.txt"):
        for query in ({}, {"server": "10.88.0.1"}, {"server": "192.0.2.66"}):
            answer = client.get(f"/api/v1/sensors/{sensor.pk}/artifacts/{name}", query)
            assert (answer.status_code, answer.json()["reason"]) == (400, "setup-incomplete")
            assert "fill them in" in answer.json()["detail"]


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_level_takes_words_that_could_break_or_deceive_a_setup(fleet: Fleet, words: dict[str, Any]):
    world, sensor = fleet.world, fleet.register()
    with pytest.raises(ValidationError):
        set_customer_setup(customer=world.harbour, changes=words, set_by=ACTOR)  # type: ignore[arg-type]  # as a door has them
    with pytest.raises(ValidationError):
        set_site_setup(site=world.quay, changes=words, set_by=ACTOR)  # type: ignore[arg-type]  # as above
    with pytest.raises(ValidationError):
        set_sensor_setup(sensor=sensor, changes=words, set_by=ACTOR)  # type: ignore[arg-type]  # as above
    assert_nothing_was_told()


@pytest.mark.parametrize("words", HOSTILE_OF_SENSORS.values(), ids=HOSTILE_OF_SENSORS.keys())
def test_no_interface_can_be_anything_but_an_interface(fleet: Fleet, words: dict[str, Any]):
    with pytest.raises(ValidationError):
        set_sensor_setup(sensor=fleet.register(), changes=words, set_by=ACTOR)  # type: ignore[arg-type]  # as a door has them
    assert_nothing_was_told()


@pytest.mark.parametrize("words", [*HOSTILE.values(), *HOSTILE_OF_SENSORS.values()])
def test_the_door_of_programs_says_what_is_wrong(fleet: Fleet, signed_in: As, words: dict[str, Any]):
    path = f"/api/v1/sensors/{fleet.register().pk}/"
    answer = signed_in(fleet.world.operator).patch(path, words, content_type="application/json")
    # A trailing line end is taken off there, as from any text.
    if answer.status_code == 200:
        assert "\n" not in answer.content.decode()
        return
    assert answer.status_code == 400
    assert answer.json()["errors"]
    assert_nothing_was_told()


def assert_nothing_was_told() -> None:
    for model in (Customer, Site, Sensor):
        for level in model.objects.all():
            assert (level.home_networks, level.manager_name, level.manager_address) == ([], "", "")
    assert set(Sensor.objects.values_list("line", flat=True)) == {"2.4"}
    assert not AuditEntry.objects.filter(action__endswith=":set-setup").exists()
