"""A broken box makes way for another one: the admin's page and the REST call."""

from sensors.models import Sensor
from tests.support.fleet import Fleet
from tests.support.signed_in import As


def test_the_page_says_what_follows_and_leads_to_the_code_of_the_new_one(fleet: Fleet, signed_in: As):
    sensor, client = fleet.connected(), signed_in(fleet.world.operator)
    page = f"/admin/sensors/sensor/{sensor.pk}/replace/"
    assert "can then be read by nobody" in client.get(page).content.decode()
    answer = client.post(page, {"hardware_serial": "B-2"})
    new = Sensor.objects.get(name="box-1")
    assert answer["Location"] == f"/admin/sensors/sensor/{new.pk}/code/"
    assert new.hardware_serial == "B-2"
    assert client.post(page, {"hardware_serial": "B-3"}, follow=True).status_code == 200
    assert Sensor.objects.count() == 2


def test_by_rest(fleet: Fleet, signed_in: As):
    sensor, client = fleet.connected(), signed_in(fleet.world.operator)
    path = f"/api/v1/sensors/{sensor.pk}/replace/"
    answer = client.post(path, {"hardware_serial": "B-2"}, content_type="application/json")
    assert (answer.status_code, answer.json()["name"], answer.json()["state"]) == (201, "box-1", "registered")
    assert client.post(path, {}, content_type="application/json").status_code == 400
