"""Editing sensors and sites over REST, with what was before in the audit trail."""

from typing import Any

import pytest

from sensors.models import Sensor
from tenants.models import Approval, AuditEntry, Customer, Site
from tests.support.fleet import Fleet
from tests.support.signed_in import As


def patch(client: Any, path: str, **body: Any) -> Any:
    return client.patch(f"/api/v1/{path}/", body, content_type="application/json")


def last(action: str) -> Any:
    return AuditEntry.objects.filter(action=action).latest("pk").details


def test_a_sensors_words_and_its_setup_are_changed_in_one(fleet: Fleet, signed_in: As):
    sensor, client = fleet.register(), signed_in(fleet.world.operator)
    answer = patch(client, f"sensors/{sensor.pk}", name="box-9", description="grey", sniffing_interfaces=["eth1"])
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("name", "description")} == {"name": "box-9", "description": "grey"}
    assert last("sensor:describe") == {
        "from": {"name": "box-1", "description": ""},
        "to": {"name": "box-9", "description": "grey"},
    }
    assert last("sensor:set-setup")["to"] == {"sniffing_interfaces": ["eth1"]}


def test_all_of_it_is_changed_or_nothing(fleet: Fleet, signed_in: As):
    sensor, client = fleet.register(), signed_in(fleet.world.operator)
    answer = patch(client, f"sensors/{sensor.pk}", description="grey", sniffing_interfaces=["no such name at all"])
    assert answer.status_code == 400
    answer = patch(client, f"sensors/{sensor.pk}", description="grey", manager_name="only-a-name")
    assert answer.status_code == 400
    assert Sensor.objects.get().description == ""
    assert not AuditEntry.objects.filter(action="sensor:describe").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("site", "people are told, since its key rests on it"),
        ("gateway", "has to enrol there again"),
        ("customer", "retire it"),
        ("state", "follows from what happens"),
        ("subject", "stays for good"),
        ("address", "as long as it has its gateway"),
    ],
)
def test_what_may_not_be_edited_says_why(fleet: Fleet, signed_in: As, name: str, words: str):
    sensor, client = fleet.register(), signed_in(fleet.world.operator)
    answer = patch(client, f"sensors/{sensor.pk}", **{name: "x", "description": "grey"})
    assert (answer.status_code, words in answer.content.decode()) == (400, True)
    assert Sensor.objects.get().description == ""


@pytest.mark.parametrize("bad", [{"name": "Box 1"}, {"name": ""}, {"name": "a\nb"}, {"description": "x\u202ey"}])
def test_bad_words_are_refused_by_their_field(fleet: Fleet, signed_in: As, bad: dict[str, str]):
    sensor, client = fleet.register(), signed_in(fleet.world.operator)
    answer = patch(client, f"sensors/{sensor.pk}", **bad)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(bad))


def test_a_site_has_another_name_and_other_networks(fleet: Fleet, signed_in: As):
    client, quay = signed_in(fleet.world.operator), fleet.world.quay
    answer = patch(client, f"sites/{quay.pk}", name="Quay 8", expected_networks=["203.0.113.0/28"])
    assert (answer.status_code, answer.json()["name"]) == (200, "Quay 8")
    assert last("site:change")["from"] == {"name": "Quay 7", "expected_networks": ["198.51.100.21/32"]}
    assert patch(client, f"sites/{quay.pk}", customer=str(fleet.world.meadow.pk)).status_code == 400


def test_networks_that_take_two_are_asked_for_and_the_rest_counts(fleet: Fleet, signed_in: As):
    client, quay = signed_in(fleet.world.operator), fleet.world.quay
    for wide in (True, False):
        Customer.objects.update(two_people_for_changes=not wide)
        Approval.objects.all().delete()
        networks = ["0.0.0.0/0"] if wide else ["203.0.113.0/28"]
        assert patch(client, f"sites/{quay.pk}", expected_networks=networks).status_code == 400
        name = f"Quay of {networks[0]}"
        answer = patch(client, f"sites/{quay.pk}", name=name, expected_networks=networks, reason="They roam.")
        assert (answer.status_code, answer.json()) == (202, {"approval": str(Approval.objects.get().pk)})
        site = Site.objects.get(pk=quay.pk)
        assert (site.name, site.expected_networks) == (name, ["198.51.100.21/32"])


def test_a_reason_alone_changes_nothing(fleet: Fleet, signed_in: As):
    answer = patch(signed_in(fleet.world.operator), f"sites/{fleet.world.quay.pk}", reason="Because.")
    assert answer.status_code == 400


def test_the_admins_page_says_why_a_field_is_not_to_be_edited(fleet: Fleet, signed_in: As):
    sensor, client = fleet.register(), signed_in(fleet.world.operator)
    page = client.get(f"/admin/sensors/sensor/{sensor.pk}/change/").content.decode()
    assert "Site and gateway change by Move" in page
    page = client.get(f"/admin/tenants/site/{sensor.site_id}/change/").content.decode()
    assert "The customer stays" in page
