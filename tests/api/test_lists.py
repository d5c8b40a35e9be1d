"""Lists over REST: pages, and what narrows them. What a list does not know it refuses."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import get_resolver
from django.utils import timezone

from sensors.cases.operations.add_case_note import add_case_note
from sensors.models import Case, Sensor
from tenants.models import Site
from tests.support.fleet import Fleet, seen
from tests.support.signed_in import As

LISTS = ("customers", "sites", "sensors", "cases", "gateways")


def keys_in(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each["id"] for each in answer.json()["results"]]


def test_these_are_all_lists_that_there_are():
    """A new one is refused nothing here until it is named: it takes no filter until it says which."""
    found = set()
    for name in get_resolver().reverse_dict:
        if isinstance(name, str) and name.startswith("api-") and name.endswith("-list"):
            found.add(name)
    assert found == {f"api-{name.rstrip('s')}-list" for name in LISTS}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "query",
    ["custmer=x", "q=box", "site__customer=x", "ordering=name", "limit=0", "limit=-1", "limit=1001", "limit=x",
     "limit=%00", "limit=1&limit=2", "limit=", "limit=٣", "offset=-1", "offset=x", "offset=99999999999999999999",
     "registered_since=yesterday", "registered_since=%00", "state=%00", "state=eaten", "customer=1", "%00=1",
     "name=%00", "name=a%0Ab", "slug=%F0%9F%A6%86", "%F0%9F%A6%86=1", "site=", "changed_since=9999999999"],
)  # fmt: skip
def test_what_it_does_not_know_it_refuses(fleet: Fleet, signed_in: As, name: str, query: str):
    answer = signed_in(fleet.world.operator).get(f"/api/v1/{name}/?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_the_refusal_names_what_there_is(fleet: Fleet, signed_in: As):
    answer = signed_in(fleet.world.operator).get("/api/v1/sensors/?sites=x&limit=5")
    known = "customer, gateway, limit, name, offset, registered_since, site, state"
    assert answer.json()["errors"] == {"sites": [f"This list knows no such filter. It knows: {known}."]}


def test_one_filter_given_twice_is_no_guess(fleet: Fleet, signed_in: As):
    world = fleet.world
    path = f"/api/v1/sites/?customer={world.harbour.pk}&customer={world.meadow.pk}"
    assert signed_in(world.operator).get(path).status_code == 400


def test_sensors_by_what_they_are(fleet: Fleet, signed_in: As):
    world = fleet.world
    waiting, ours, theirs = fleet.register("box-1"), fleet.enrolled("box-2"), fleet.enrolled("box-3", world.dairy)
    client = signed_in(world.operator)

    def found(query: str) -> set[str]:
        return set(keys_in(client.get(f"/api/v1/sensors/?{query}")))

    every = {str(each.pk) for each in (waiting, ours, theirs)}
    assert found("") == found("gateway=gateway-1") == every
    assert found(f"customer={world.harbour.pk}") == found(f"site={world.quay.pk}") == {str(waiting.pk), str(ours.pk)}
    assert found(f"customer={world.harbour.pk}&state=in-service") == found("name=box-2") == {str(ours.pk)}
    assert found("gateway=gateway-9") == set()
    Sensor.objects.filter(pk=ours.pk).update(registered_at=timezone.now() + timedelta(hours=1))
    assert found(f"registered_since={from_now(timedelta(minutes=30))}") == {str(ours.pk)}


def from_now(span: timedelta) -> str:
    return (timezone.now() + span).isoformat().replace("+00:00", "Z")


def test_no_filter_shows_a_strangers(fleet: Fleet, signed_in: As):
    world = fleet.world
    theirs = fleet.reported(fleet.enrolled("box-3", world.dairy), by=world.stranger)
    client = signed_in(world.owner)
    for path in (
        f"sensors/?customer={world.meadow.pk}",
        f"sensors/?site={world.dairy.pk}",
        f"sites/?customer={world.meadow.pk}",
        f"cases/?sensor={theirs.sensor_id}",
        f"cases/?customer={world.meadow.pk}",
        "customers/?slug=meadow",
        "gateways/?name=gateway-1",
    ):
        assert keys_in(client.get(f"/api/v1/{path}")) == []


def test_cases_by_what_became_of_them(fleet: Fleet, signed_in: As):
    world, client = fleet.world, signed_in(fleet.world.operator)
    fresh, cut = fleet.reported(fleet.connected("box-1")), fleet.cut_off("box-2")
    assert set(keys_in(client.get("/api/v1/cases/?state=open"))) == {str(fresh.pk), str(cut.pk)}
    assert keys_in(client.get("/api/v1/cases/?state=unconfirmed")) == [str(fresh.pk)]
    assert keys_in(client.get("/api/v1/cases/?state=closed")) == []
    assert keys_in(client.get(f"/api/v1/cases/?sensor={cut.sensor_id}&customer={world.harbour.pk}")) == [str(cut.pk)]
    assert len(keys_in(client.get(f"/api/v1/cases/?site={world.quay.pk}"))) == 2


def test_a_case_has_changed_when_what_is_shown_of_it_has(fleet: Fleet, signed_in: As):
    client, ago = signed_in(fleet.world.operator), timezone.now() - timedelta(hours=2)
    case, quiet = fleet.reported(fleet.connected("box-1")), fleet.reported(fleet.connected("box-2"))
    Case.objects.update(opened_at=ago)
    for each in (case, quiet):
        each.measures.exclude(done_at=None).update(done_at=ago)
    path = f"/api/v1/cases/?changed_since={from_now(timedelta(hours=-1))}"
    assert keys_in(client.get(path)) == []
    add_case_note(case=case, text="Seen on the quay.", written_by=fleet.world.owner)
    assert keys_in(client.get(path)) == [str(case.pk)]
    case.notes.update(written_at=ago)
    seen(case)
    assert keys_in(client.get(path)) == [str(case.pk)]


def test_pages_hold_each_row_once(fleet: Fleet, signed_in: As):
    """Also where all rows have the same name."""
    world, client = fleet.world, signed_in(fleet.world.operator)
    for number in range(7):
        Site.objects.create(customer=world.harbour, name=f"Site {number}")
    path: str | None = "/api/v1/sites/?limit=2"
    shown: list[str] = []
    while path:
        answer = client.get(path)
        shown += keys_in(answer)
        path = answer.json()["next"]
    assert len(shown) == len(set(shown)) == Site.objects.count()


def test_an_object_by_its_key_takes_no_part_in_it(fleet: Fleet, signed_in: As):
    answer = signed_in(fleet.world.operator).get(f"/api/v1/sites/{fleet.world.quay.pk}/")
    assert answer.status_code == 200


def test_the_description_names_them(fleet: Fleet, signed_in: As):
    schema = signed_in(fleet.world.operator).get("/api/schema/?format=json").json()
    named = {each["name"]: each for each in schema["paths"]["/api/v1/sensors/"]["get"]["parameters"]}
    assert set(named) == {"customer", "gateway", "limit", "name", "offset", "registered_since", "site", "state"}
    assert (named["limit"]["schema"]["minimum"], named["limit"]["schema"]["maximum"]) == (1, 1000)
