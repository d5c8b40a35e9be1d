from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.models import EnrolmentCode, Sensor
from tenants.models import AuditEntry, Site
from tests.support.fleet import Fleet, new_csr
from tests.support.signed_in import As

JSON = "application/json"


def ids(response: Any) -> set[str]:
    assert response.status_code == 200
    return {each["id"] for each in response.json()["results"]}


def post(client: Any, path: str, body: Any = None) -> Any:
    return client.post(path, body if body is not None else {}, content_type=JSON)


def test_each_sees_the_sensors_of_their_own(fleet: Fleet, signed_in: As):
    world = fleet.world
    ours, theirs = fleet.register("box-1"), fleet.register("box-2", world.dairy)
    path = "/api/v1/sensors/"
    assert ids(signed_in(world.viewer).get(path)) == {str(ours.pk)}
    assert ids(signed_in(world.stranger).get(path)) == {str(theirs.pk)}
    assert ids(signed_in(world.auditor).get(path)) == {str(ours.pk), str(theirs.pk)}


@pytest.mark.parametrize("path", ["customers", "sites", "cases"])
def test_lists_never_mix_customers(fleet: Fleet, signed_in: As, path: str):
    world = fleet.world
    fleet.reported(fleet.enrolled("box-1"))
    fleet.reported(fleet.enrolled("box-2", world.dairy), by=world.stranger)
    ours = ids(signed_in(world.owner).get(f"/api/v1/{path}/"))
    theirs = ids(signed_in(world.stranger).get(f"/api/v1/{path}/"))
    assert ours
    assert theirs
    assert not ours & theirs
    assert ids(signed_in(world.operator).get(f"/api/v1/{path}/")) == ours | theirs


@pytest.mark.parametrize(
    "query",
    ["q=box", "search=box", "site__customer=x", "ordering=-name", "limit=0", "limit=-1", "limit=99999999999999999999",
     "offset=x", "offset=-5", "offset=99999999999999999999", "format=api", "limit=%00"],
)  # fmt: skip
def test_no_query_widens_a_list(fleet: Fleet, signed_in: As, query: str):
    ours, _ = fleet.register("box-1"), fleet.register("box-2", fleet.world.dairy)
    response = signed_in(fleet.world.owner).get(f"/api/v1/sensors/?{query}")
    assert response.status_code in {200, 400, 404}
    if response.status_code == 200:
        assert {each["id"] for each in response.json()["results"]} <= {str(ours.pk)}


def test_a_sensor_shows_its_live_state_and_no_secret(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    response = signed_in(fleet.world.viewer).get(f"/api/v1/sensors/{sensor.pk}/")
    body = response.json()
    assert (body["name"], body["address"], body["public_address"]) == ("box-1", "10.88.0.2", "198.51.100.21")
    assert body["open_case"] is None
    assert body["state"] == "in-service"
    for word in ("BEGIN", "digest", "csr", "tunnel_key"):
        assert word not in response.content.decode()


def test_the_list_costs_as_many_queries_for_thirty_as_for_three(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.owner)
    counts = []
    for wanted in (3, 30):
        for number in range(Sensor.objects.count(), wanted):
            fleet.register(f"box-{number}")
        with CaptureQueriesContext(connection) as queries:
            assert len(ids(client.get("/api/v1/sensors/"))) == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_operator_registers_a_site_and_a_sensor(fleet: Fleet, signed_in: As):
    world, client = fleet.world, signed_in(fleet.world.operator)
    site = post(
        client,
        "/api/v1/sites/",
        {"customer": str(world.harbour.pk), "name": "Shed 2", "expected_networks": ["203.0.113.0/28"]},
    )
    sensor = post(client, "/api/v1/sensors/", {"site": site.json()["id"], "gateway": "gateway-1", "name": "box-7"})
    assert (site.status_code, sensor.status_code) == (201, 201)
    assert sensor.json()["state"] == "registered"
    assert Sensor.objects.get(name="box-7").site.customer == world.harbour
    actions = AuditEntry.objects.filter(actor="person:operator@example.org").values_list("action", flat=True)
    assert list(actions) == ["site:register", "sensor:register"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Box"),
        ("name", "box\nremote evil 1194"),
        ("name", ""),
        ("name", "-x"),
        ("name", "x" * 33),
        ("name", None),
        ("name", ["box"]),
        ("gateway", ""),
        ("site", "1"),
        ("site", None),
        ("line", "3.0"),
        ("description", "a\nb"),
        ("description", "a\0b"),
        ("description", "\N{RIGHT-TO-LEFT OVERRIDE}"),
        ("hardware_serial", "x" * 61),
    ],
    ids=ascii,
)
def test_a_sensor_that_would_make_no_sound_file_is_not_registered(fleet: Fleet, signed_in: As, name: str, value: Any):
    body = {"site": str(fleet.world.quay.pk), "gateway": "gateway-1", "name": "box-1", name: value}
    response = post(signed_in(fleet.world.operator), "/api/v1/sensors/", body)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert name in response.json()["errors"]
    assert not Sensor.objects.exists()


@pytest.mark.parametrize(
    "networks",
    [[], ["anywhere"], ["203.0.113.7/24"], "203.0.113.0/24", [None], [["x"]], ["203.0.113.0/24\nnet"],
     ["fe80::/64%x\n"], ["x" * 51], ["203.0.113.0/24"] * 65],
)  # fmt: skip
def test_a_site_needs_networks_that_are_some(fleet: Fleet, signed_in: As, networks: Any):
    before = Site.objects.count()
    body = {"customer": str(fleet.world.harbour.pk), "name": "New", "expected_networks": networks}
    response = post(signed_in(fleet.world.operator), "/api/v1/sites/", body)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert Site.objects.count() == before


def test_what_only_the_portal_says_cannot_be_sent(fleet: Fleet, signed_in: As):
    body = {
        "site": str(fleet.world.quay.pk),
        "gateway": "gateway-1",
        "name": "box-1",
        "state": "in-service",
        "subject": "s-aaaaaaaaaaaa",
        "address": "10.88.0.1",
        "id": "00000000-0000-4000-8000-000000000000",
    }
    answer = post(signed_in(fleet.world.operator), "/api/v1/sensors/", body).json()
    assert answer["state"] == "registered"
    assert answer["subject"] != body["subject"]
    assert (answer["address"], answer["id"] != body["id"]) == ("10.88.0.2", True)


def test_two_sensors_of_one_name_at_one_site_are_refused(fleet: Fleet, signed_in: As):
    fleet.register("box-1")
    body = {"site": str(fleet.world.quay.pk), "gateway": "gateway-1", "name": "box-1"}
    assert post(signed_in(fleet.world.operator), "/api/v1/sensors/", body).status_code == 400


def test_an_enrolment_code_is_shown_once_and_works(fleet: Fleet, signed_in: As):
    sensor = fleet.register()
    response = post(signed_in(fleet.world.operator), f"/api/v1/sensors/{sensor.pk}/enrolment-code/")
    assert (response.status_code, response["Cache-Control"]) == (201, "no-store")
    code = response.json()["code"]
    assert code not in str(list(EnrolmentCode.objects.values())) + str(list(AuditEntry.objects.values()))
    assert request_enrolment(code=code, csr=new_csr(), source="192.0.2.1").sensor == sensor


def test_a_code_for_a_box_that_may_not_enrol_is_refused(fleet: Fleet, signed_in: As):
    sensor = fleet.enrolled()
    fleet.reported(sensor)
    response = post(signed_in(fleet.world.operator), f"/api/v1/sensors/{sensor.pk}/enrolment-code/")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_artifacts_are_files_without_keys(fleet: Fleet, signed_in: As):
    sensor = fleet.enrolled()
    client = signed_in(fleet.world.operator)
    setup = {"manager_name": "Manager-1", "manager_address": "10.20.0.10", "sniffing_interfaces": ["eth1"]}
    assert patch(client, f"/api/v1/sensors/{sensor.pk}/", setup | {"line": "classic"}).status_code == 200
    for name in ("client.conf", "sosetup.conf", "so-worksheet.txt", "manager-firewall.txt"):
        response = client.get(f"/api/v1/sensors/{sensor.pk}/artifacts/{name}")
        assert response.status_code == 200
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response["Content-Disposition"] == f'attachment; filename="box-1-{name}"'
        assert "BEGIN" not in response.content.decode()


def patch(client: Any, path: str, body: Any) -> Any:
    return client.patch(path, body, content_type=JSON)


def test_each_level_is_told_and_shown(fleet: Fleet, signed_in: As):
    world, sensor = fleet.world, fleet.register()
    client = signed_in(world.administrator)
    for path in (f"customers/{world.harbour.pk}", f"sites/{world.quay.pk}", f"sensors/{sensor.pk}"):
        body = {"home_networks": ["10.1.2.3", "2001:DB8::/32"], "manager_name": "M1", "manager_address": "10.20.0.10"}
        answer = patch(client, f"/api/v1/{path}/", body)
        wanted = body | {"home_networks": ["10.1.2.3/32", "2001:db8::/32"]}
        assert answer.status_code == 200
        for shown in (answer, signed_in(world.viewer).get(f"/api/v1/{path}/")):
            assert {name: shown.json()[name] for name in wanted} == wanted
        assert patch(client, f"/api/v1/{path}/", {"home_networks": []}).json()["manager_name"] == "M1"


@pytest.mark.parametrize("body", [{}, {"slug": "other"}, {"manager_name": "M1", "registered_at": "now"}])
def test_what_cannot_be_changed_there_is_refused(fleet: Fleet, signed_in: As, body: dict[str, str]):
    world, sensor = fleet.world, fleet.register()
    for path in (f"customers/{world.harbour.pk}", f"sites/{world.quay.pk}", f"sensors/{sensor.pk}"):
        answer = patch(signed_in(world.administrator), f"/api/v1/{path}/", body)
        assert (answer.status_code, "can be changed here" in answer.content.decode()) == (400, True)
    assert not AuditEntry.objects.filter(action__endswith=":set-setup").exists()


def test_problems_have_a_stable_reason(fleet: Fleet, signed_in: As, client: Any):
    missing = signed_in(fleet.world.owner).get("/api/v1/sensors/00000000-0000-4000-8000-000000000000/")
    not_an_id = signed_in(fleet.world.owner).get("/api/v1/sensors/1/")
    anonymous = client.get("/api/v1/sensors/")
    method = signed_in(fleet.world.owner).delete("/api/v1/sensors/")
    answers = [(each.status_code, each.json()["reason"]) for each in (missing, not_an_id, anonymous, method)]
    assert answers == [(404, "not-found"), (404, "not-found"), (403, "not-authenticated"), (405, "method-not-allowed")]
    assert {each["Content-Type"] for each in (missing, anonymous, method)} == {"application/problem+json"}
