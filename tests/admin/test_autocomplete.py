"""The fields with which staff choose a customer for a site and a site for a sensor."""

import pytest
from django.test import Client

from tests.support.world import World


@pytest.mark.parametrize(
    ("model", "field", "expected"),
    [("site", "customer", ["Harbour Logistics", "Meadow Dairy"]), ("sensor", "site", ["Quay 7", "Dairy North"])],
)
def test_staff_find_what_they_search_for(world: World, client: Client, model: str, field: str, expected: list[str]):
    client.force_login(world.operator)
    app = "tenants" if model == "site" else "sensors"
    query = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
    answer = client.get("/admin/autocomplete/", query)
    assert answer.status_code == 200
    assert [result["text"].split(",")[0] for result in answer.json()["results"]] == expected


def test_a_contact_finds_nothing(world: World, client: Client):
    client.force_login(world.owner)
    query = {"app_label": "tenants", "model_name": "site", "field_name": "customer", "term": ""}
    assert client.get("/admin/autocomplete/", query).status_code in {302, 403}
