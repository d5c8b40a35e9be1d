"""What the admin says of a mistake; nothing is saved then, and nothing fails."""

from typing import Any

import pytest

from sensors.models import Gateway, Sensor, UnderlayAddress
from tenants.models import Person
from tests.support.fleet import Fleet
from tests.support.signed_in import As

MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("sensors/gateway", {"network": "not a network"}, "is not a network"),
    ("sensors/gateway", {"network": ""}, "required"),
    ("sensors/gateway", {"network": "10.88.128.0/17"}, "overlaps"),
    ("sensors/gateway", {"network": "172.17.0.0/16"}, "172.17.0.0/16"),
    ("sensors/gateway", {"network": "8.8.0.0/16"}, "private"),
    ("sensors/gateway", {"base_networks": "10.99.3.0/24"}, "overlaps"),
    ("sensors/gateway", {"base_networks": "base"}, "is not a network"),
    ("sensors/gateway", {"base_networks": "10.20.0.0/24\n::/0"}, "IPv4"),
    ("sensors/gateway", {"host": "gw.example.org\nremote evil"}, "host name"),
    ("sensors/gateway", {"port": 0}, "greater"),
    ("sensors/gateway", {"port": 65536}, "less"),
    ("sensors/gateway", {"name": "gateway-1"}, "already exists"),
    ("sensors/gateway", {"name": "Gateway 9"}, "a-z"),
]


@pytest.mark.parametrize(("path", "mistake", "words"), MISTAKES, ids=[ascii(each[1]) for each in MISTAKES])
def test_a_mistake_is_said_on_the_page(fleet: Fleet, signed_in: As, path: str, mistake: dict[str, Any], words: str):
    good = {
        "name": "gateway-9",
        "host": "gw.example.org",
        "port": 1194,
        "network": "10.99.0.0/16",
        "base_networks": "",
        "mssfix": 1400,
    }
    response = signed_in(fleet.world.administrator).post(f"/admin/{path}/add/", good | mistake)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert Gateway.objects.count() == 1


def test_a_pool_without_a_free_address_is_said_on_the_page(fleet: Fleet, signed_in: As):
    world = fleet.world
    Gateway.objects.update(next_address_offset=2**16 - 1)
    values = {"site": world.quay.pk, "gateway": world.gateway.pk, "name": "box", "line": "2.4", "description": "",
              "hardware_serial": ""}  # fmt: skip
    response = signed_in(world.administrator).post("/admin/sensors/sensor/add/", values, follow=True)
    assert response.status_code == 200
    assert "has no free address" in response.content.decode()
    assert not Sensor.objects.exists()
    assert not UnderlayAddress.objects.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"customer": ""}, "Choose the customer"),
        ({"role": "administrator"}, "leave the customer empty"),
        ({"role": "emperor"}, "not one of the available"),
        ({"email": "OWNER@example.org"}, "already"),
        ({"email": "no address"}, "valid"),
        ({"name": "A\N{RIGHT-TO-LEFT OVERRIDE}B"}, "cannot be seen"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_person_with_a_mistake_is_not_invited(fleet: Fleet, signed_in: As, values: dict[str, str], words: str):
    good = {
        "email": "x@example.org",
        "name": "X",
        "phone": "",
        "role": "viewer",
        "customer": str(fleet.world.harbour.pk),
    }
    before = Person.objects.count()
    response = signed_in(fleet.world.administrator).post("/admin/tenants/person/add/", good | values)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert Person.objects.count() == before
