"""A box goes to another site or gateway: the admin's page and the REST call."""

from html import unescape
from typing import Any

import pytest

from sensors.models import Gateway, Sensor
from tenants.models import Approval, Customer, Site
from tests.support.admin_lists import page_of
from tests.support.fleet import Fleet
from tests.support.signed_in import As


def page(sensor: Sensor) -> str:
    return f"/admin/sensors/sensor/{sensor.pk}/move/"


def to(sensor: Sensor, **values: Any) -> dict[str, Any]:
    return {"site": sensor.site_id, "gateway": sensor.gateway_id} | values


def test_the_page_says_what_follows_and_offers_no_other_customers_site(fleet: Fleet, pier: Site, signed_in: As):
    sensor = fleet.connected()
    text = unescape(signed_in(fleet.world.operator).get(page(sensor)).content.decode())
    assert "Pier 2" in text
    assert "Dairy North" not in text
    assert "cannot find the other gateway by itself" in text
    assert "never goes to another customer" in text


def test_it_goes(fleet: Fleet, pier: Site, other: Gateway, signed_in: As):
    sensor, client = fleet.connected(), signed_in(fleet.world.operator)
    answer = client.post(page(sensor), to(sensor, site=pier.pk, gateway=other.pk), follow=True)
    assert "It needs a new code" in answer.content.decode()
    moved = Sensor.objects.get(pk=sensor.pk)
    assert (moved.site, moved.gateway) == (pier, other)


@pytest.mark.parametrize("site", ["their-site", "none", "x", "\0"])
def test_what_is_not_offered_is_refused_on_the_page(fleet: Fleet, signed_in: As, site: str):
    sensor = fleet.connected()
    site = str(fleet.world.dairy.pk) if site == "their-site" else site
    answer = signed_in(fleet.world.operator).post(page(sensor), to(sensor, site=site))
    assert answer.status_code == 200
    assert Sensor.objects.get(pk=sensor.pk).site == fleet.world.quay


def test_a_reported_box_stays_and_the_page_says_why(fleet: Fleet, pier: Site, signed_in: As):
    sensor = fleet.connected()
    fleet.reported(sensor)
    answer = signed_in(fleet.world.operator).post(page(sensor), to(sensor, site=pier.pk))
    assert (answer.status_code, "has an open case" in answer.content.decode()) == (200, True)


def test_a_second_person_decides_on_the_page_where_the_policy_wants_that(fleet: Fleet, pier: Site, signed_in: As):
    sensor, client = fleet.connected(), signed_in(fleet.world.operator)
    Customer.objects.update(two_people_for_changes=True)
    answer = client.post(page(sensor), to(sensor, site=pier.pk))
    assert "wants two people" in unescape(answer.content.decode())
    answer = client.post(page(sensor), to(sensor, site=pier.pk, reason="Carried over on Monday."))
    asked = Approval.objects.undecided().get()
    assert answer["Location"] == page_of(asked)
    other = signed_in(fleet.world.administrator)
    text = other.get(page_of(asked)).content.decode()
    for words in ("Pier 2", "203.0.113.0/28", "Quay 7", "Carried over"):
        assert words in text
    other.post(page_of(asked), {"do": "agree"})
    assert Sensor.objects.get(pk=sensor.pk).site == pier


def test_by_rest_it_goes_or_asks_or_says_why_not(fleet: Fleet, pier: Site, other: Gateway, signed_in: As):
    sensor, client = fleet.connected(), signed_in(fleet.world.operator)
    path = f"/api/v1/sensors/{sensor.pk}/move/"

    def post(**body: Any) -> Any:
        return client.post(path, body, content_type="application/json")

    assert post(gateway="gateway-2").json()["address"] == "10.99.0.2"
    assert (
        post(site=str(fleet.world.dairy.pk)).json()["errors"]["site"][0].startswith("Dairy North is another customer's")
    )
    assert post(gateway="nowhere").status_code == 404
    assert post().status_code == 400
    Customer.objects.update(two_people_for_changes=True)
    assert post(site=str(pier.pk)).status_code == 400
    answer = post(site=str(pier.pk), reason="Carried over.")
    assert (answer.status_code, answer.json()) == (202, {"approval": str(Approval.objects.get().pk)})
