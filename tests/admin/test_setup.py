"""The facts for Security Onion's setup in the admin: of a customer, a site and a sensor."""

from html import unescape
from typing import Any

from sensors.models import Sensor
from tenants.models import AuditEntry, Customer, Site
from tests.support.fleet import Fleet
from tests.support.signed_in import As

SETUP = {"home_networks": "10.1.0.0/16\n10.2.0.0/16", "manager_name": "Manager-1", "manager_address": "10.20.0.10"}
CUSTOMER: dict[str, Any] = {"name": "Harbour Logistics", "change_delay_minutes": 5}
SENSOR: dict[str, Any] = {"name": "box-1", "line": "2.4", "description": "", "hardware_serial": ""}


def told(action: str) -> list[Any]:
    return [entry.details["to"] for entry in AuditEntry.objects.filter(action=action).order_by("pk")]


def test_a_customer_is_told_for_all_its_sensors(fleet: Fleet, signed_in: As):
    world, client = fleet.world, signed_in(fleet.world.administrator)
    path = f"/admin/tenants/customer/{world.harbour.pk}/change/"
    assert client.post(path, CUSTOMER | SETUP).status_code == 302
    assert Customer.objects.get(slug="harbour").home_networks == ["10.1.0.0/16", "10.2.0.0/16"]
    assert client.post(path, CUSTOMER | SETUP | {"home_networks": ""}).status_code == 302
    networks = ["10.1.0.0/16", "10.2.0.0/16"]
    assert told("customer:set-setup") == [SETUP | {"home_networks": networks}, {"home_networks": []}]
    assert signed_in(world.operator).post(path, CUSTOMER).status_code == 403


def test_a_site_is_told_also_while_its_other_change_waits(fleet: Fleet, signed_in: As):
    world = fleet.world
    Customer.objects.update(two_people_for_changes=True)
    values = {"name": "Quay 7", "expected_networks": "203.0.113.0/24", "reason": "A new line."}
    path = f"/admin/tenants/site/{world.quay.pk}/change/"
    assert signed_in(world.operator).post(path, values | SETUP).status_code == 302
    site = Site.objects.get(pk=world.quay.pk)
    assert (site.expected_networks, site.manager_name) == (["198.51.100.21/32"], "Manager-1")


def test_a_new_customer_and_a_new_site_are_told_at_once(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.administrator)
    client.post("/admin/tenants/customer/add/", CUSTOMER | SETUP | {"slug": "mill", "name": "Mill"})
    mill = Customer.objects.get(slug="mill")
    values = {"customer": mill.pk, "name": "Mill 1", "expected_networks": "203.0.113.0/24"}
    client.post("/admin/tenants/site/add/", values | SETUP)
    assert (mill.manager_name, Site.objects.get(name="Mill 1").manager_name) == ("Manager-1", "Manager-1")


def test_a_sensors_page_says_what_counts_and_what_is_missing(fleet: Fleet, signed_in: As):
    sensor, client = fleet.register(), signed_in(fleet.world.operator)
    path = f"/admin/sensors/sensor/{sensor.pk}/change/"
    text = unescape(client.get(path).content.decode())
    assert '"Sniffing interfaces" is empty on the page of the sensor box-1.' in text
    assert "are empty on the pages of the sensor box-1, the site Quay 7" in text
    Site.objects.filter(pk=sensor.site.pk).update(manager_name="Manager-1", manager_address="10.20.0.10")
    values = SENSOR | {"line": "3.x", "sniffing_interfaces": "enp2s0f1\r\neth0.100"}
    assert client.post(path, values).status_code == 302
    assert Sensor.objects.get().sniffing_interfaces == ["enp2s0f1", "eth0.100"]
    assert told("sensor:set-setup") == [{"line": "3.x", "sniffing_interfaces": ["enp2s0f1", "eth0.100"]}]
    text = unescape(client.get(path).content.decode())
    assert "Manager Manager-1 at 10.20.0.10 (the site Quay 7)" in text
    assert "is empty" not in text
    worksheet = client.get(f"/api/v1/sensors/{sensor.pk}/artifacts/so-worksheet.txt")
    assert "enp2s0f1 eth0.100" in worksheet.content.decode()
    assert f"/api/v1/sensors/{sensor.pk}/artifacts/so-worksheet.txt" in text
    assert "sosetup.conf" not in text


def test_a_mistake_is_said_at_its_field(fleet: Fleet, signed_in: As):
    sensor, client = fleet.register(), signed_in(fleet.world.operator)
    mistakes = {
        "sniffing_interfaces": ("../x", "is not the name of a network interface"),
        "home_networks": ("0.0.0.0/0", "too wide"),
        "manager_address": ("10.20.0.10;", "Give one IPv4 address"),
    }
    values = SENSOR | {"manager_name": "Manager-1"} | {name: typed for name, (typed, _) in mistakes.items()}
    answer = client.post(f"/admin/sensors/sensor/{sensor.pk}/change/", values)
    errors = answer.context["adminform"].form.errors
    assert {name: words in str(errors[name]) for name, (_, words) in mistakes.items()} == dict.fromkeys(mistakes, True)
    assert not told("sensor:set-setup")


def test_a_row_that_was_changed_behind_our_back_does_not_hide_the_page(fleet: Fleet, signed_in: As):
    sensor = fleet.register()
    Sensor.objects.update(manager_name="m", manager_address="10.20.0.1;rm", home_networks=["x"])
    answer = signed_in(fleet.world.auditor).get(f"/admin/sensors/sensor/{sensor.pk}/change/")
    assert answer.status_code == 200
