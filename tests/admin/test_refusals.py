"""What the admin does not let anybody do."""

from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model

from sensors.models import Case, Gateway, Sensor
from tenants.models import AuditEntry, Customer, Person, Site
from tenants.provider_admin import ProviderAdmin
from tests.support.fleet import Fleet
from tests.support.signed_in import As
from tests.support.street import build_street

pytestmark = pytest.mark.long

MODELS = [
    "tenants/customer",
    "tenants/site",
    "tenants/person",
    "tenants/approval",
    "tenants/auditentry",
    "notices/mail",
    "accounts/accesstoken",
    "sensors/gateway",
    "sensors/sensor",
    "sensors/case",
    "sensors/diskkeyrelease",
]
STAFF = ["administrator", "operator", "auditor"]


def count(model: type[Model]) -> int:
    """Without the rows of who has read what."""
    rows = model._default_manager.all()
    return (rows.exclude(action="list:read") if model is AuditEntry else rows).count()


def test_the_list_of_models_here_is_the_admins():
    registered = {f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry}
    assert registered == set(MODELS)
    assert all(isinstance(page, ProviderAdmin) for page in admin.site._registry.values())


@pytest.mark.parametrize("name", STAFF)
def test_every_page_shows_itself_to_every_role(fleet: Fleet, signed_in: As, name: str):
    objects = build_street(fleet).objects
    client = signed_in(getattr(fleet.world, name))
    for model in MODELS:
        for path in (f"/admin/{model}/", f"/admin/{model}/?q=box", f"/admin/{model}/{objects[model]}/change/"):
            response = client.get(path)
            assert response.status_code in {200, 302}, path
            if response.status_code == 302:
                assert "?e=1" in response["Location"], path  # a list without a search says so and shows itself
            text = response.content.decode()
            assert "BEGIN" not in text
            assert "pbkdf2" not in text
            assert "md5$" not in text


@pytest.mark.parametrize("name", STAFF)
def test_nobody_deletes_anything(fleet: Fleet, signed_in: As, name: str):
    objects = build_street(fleet).objects
    client = signed_in(getattr(fleet.world, name))
    before = {model: count(model) for model in admin.site._registry}
    for model in MODELS:
        assert client.post(f"/admin/{model}/{objects[model]}/delete/", {"post": "yes"}).status_code == 403
        client.post(
            f"/admin/{model}/",
            {"action": "delete_selected", "_selected_action": [objects[model]], "post": "yes", "index": 0},
        )
    assert {model: count(model) for model in admin.site._registry} == before


ADDING: list[tuple[str, type[Model], dict[str, Any]]] = [
    ("tenants/customer", Customer, {"slug": "mill", "name": "Mill"}),
    ("tenants/site", Site, {"name": "New", "expected_networks": "203.0.113.0/28"}),
    ("tenants/person", Person, {"email": "x@example.org", "name": "X", "phone": "", "role": "administrator"}),
    ("sensors/gateway", Gateway, {"name": "g", "host": "g.example.org", "port": 1, "network": "10.99.0.0/16"}),
    ("sensors/sensor", Sensor, {"name": "new", "line": "2.4"}),
    ("sensors/case", Case, {"kind": "lost"}),
    ("tenants/auditentry", AuditEntry, {"actor": "person:somebody@example.org", "action": "x"}),
]


@pytest.mark.parametrize(("path", "model", "values"), ADDING, ids=[each[0] for each in ADDING])
def test_an_auditor_looks_and_does_not_write(
    fleet: Fleet, signed_in: As, path: str, model: type[Model], values: dict[str, Any]
):
    client = signed_in(fleet.world.auditor)
    before = count(model)
    assert client.get(f"/admin/{path}/").status_code == 200
    assert client.post(f"/admin/{path}/add/", values).status_code == 403
    assert count(model) == before


def test_an_auditor_changes_nothing_and_issues_no_code(fleet: Fleet, signed_in: As):
    sensor, client = fleet.register(), signed_in(fleet.world.auditor)
    before = AuditEntry.objects.count()
    for path in (
        f"sensors/sensor/{sensor.pk}",
        f"sensors/gateway/{fleet.gateway.pk}",
        f"tenants/site/{sensor.site.pk}",
    ):
        assert client.post(f"/admin/{path}/change/", {"name": "x"}).status_code == 403
    assert client.post(f"/admin/sensors/sensor/{sensor.pk}/code/").status_code == 403
    assert client.post(f"/admin/sensors/gateway/{fleet.gateway.pk}/code/").status_code == 403
    assert client.get(f"/admin/sensors/sensor/{sensor.pk}/code/").status_code == 403
    assert AuditEntry.objects.count() == before


def test_an_operator_makes_nobody_an_administrator(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.operator)
    values = {"email": "x@example.org", "name": "X", "phone": "", "role": "administrator", "customer": ""}
    assert client.post("/admin/tenants/person/add/", values).status_code == 403
    own = fleet.world.operator
    assert client.post(f"/admin/tenants/person/{own.pk}/change/", {"is_staff": "on"}).status_code == 403
    assert client.post("/admin/tenants/customer/add/", {"slug": "x", "name": "X"}).status_code == 403
    assert not Person.objects.filter(email="x@example.org").exists()


@pytest.mark.parametrize("name", ["owner", "manager", "viewer", "stranger"])
def test_a_customers_people_do_not_get_in(fleet: Fleet, signed_in: As, name: str):
    client = signed_in(getattr(fleet.world, name))
    for path in ("", "sensors/sensor/", "tenants/person/", "autocomplete/", "search/?s=x", "jsi18n/"):
        response = client.get(f"/admin/{path}")
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")
    assert client.get("/admin/login/").status_code == 403
    assert client.post("/admin/login/", {"username": "administrator@example.org", "password": "x"}).status_code == 403


def test_staff_cannot_become_somebody_else_by_the_admins_own_form(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.auditor)
    body = {"username": "administrator@example.org", "password": "correct horse battery", "next": "/admin/"}
    response = client.post("/admin/login/", body)
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.session["_auth_user_id"] == str(fleet.world.auditor.pk)


FIXED: list[tuple[str, dict[str, Any]]] = [
    ("state", {"state": "retired"}),
    ("subject", {"subject": "s-aaaaaaaaaaaa"}),
    ("underlay_address_id", {"underlay_address": "1"}),
    ("site_id", {"site": "00000000-0000-4000-8000-000000000000"}),
    ("gateway_id", {"gateway": "00000000-0000-4000-8000-000000000000"}),
    ("registered_at", {"registered_at_0": "1999-01-01", "registered_at_1": "00:00:00"}),
]


@pytest.mark.parametrize(("field", "values"), FIXED, ids=[each[0] for each in FIXED])
def test_a_sensors_life_is_not_written_in_a_form(fleet: Fleet, signed_in: As, field: str, values: dict[str, Any]):
    sensor = fleet.enrolled()
    before = getattr(sensor, field)
    named = {"name": "renamed", "line": "2.4", "description": "", "hardware_serial": ""}
    response = signed_in(fleet.world.administrator).post(f"/admin/sensors/sensor/{sensor.pk}/change/", named | values)
    assert response.status_code == 302
    after = Sensor.objects.get(pk=sensor.pk)
    assert (after.name, getattr(after, field)) == ("renamed", before)


def test_a_person_is_not_promoted_by_a_form(fleet: Fleet, signed_in: As):
    owner = fleet.world.owner
    flags = dict.fromkeys(("is_active", "is_staff", "is_superuser"), "on")
    values = flags | {"email": "evil@example.org", "groups": ["1", "2"], "password": "x", "user_permissions": ["1"]}
    signed_in(fleet.world.administrator).post(f"/admin/tenants/person/{owner.pk}/change/", values)
    after = Person.objects.get(pk=owner.pk)
    assert (after.is_staff, after.is_superuser, after.email) == (False, False, "owner@example.org")
    assert after.groups.count() == owner.groups.count() == 1


@pytest.mark.parametrize("model", ["sensors/case", "tenants/auditentry", "notices/mail", "sensors/diskkeyrelease"])
def test_what_happened_is_changed_by_nobody(fleet: Fleet, signed_in: As, model: str):
    objects = build_street(fleet).objects
    client = signed_in(fleet.world.administrator)
    body = {"confirmed_at_0": "2026-01-01", "confirmed_at_1": "00:00:00", "closed_at_0": "2026-01-01", "kind": "lost"}
    assert client.post(f"/admin/{model}/{objects[model]}/change/", body).status_code == 403
    assert client.post(f"/admin/{model}/add/", body).status_code == 403
    assert not Case.objects.exclude(closed_at=None).exists()


def test_every_change_leaves_its_line_in_the_audit_trail(fleet: Fleet, signed_in: As):
    world, sensor = fleet.world, fleet.register()
    client = signed_in(world.administrator)
    changes: list[tuple[str, dict[str, Any], str]] = [
        (f"tenants/customer/{world.harbour.pk}",
         {"name": "Harbour Ltd", "change_delay_minutes": "5"}, "customer:rename"),
        (f"tenants/site/{world.quay.pk}", {"name": "Quay 8", "expected_networks": "203.0.113.0/28"}, "site:change"),
        (f"sensors/gateway/{world.gateway.pk}",
         {"host": "gw.example.org", "port": 1195, "base_networks": "10.20.0.0/24", "mssfix": 1400, "reason": "Moved."},
         "approval:request"),
        (f"sensors/sensor/{sensor.pk}",
         {"name": "box-2", "line": "2.4", "description": "", "hardware_serial": ""}, "sensor:describe"),
    ]  # fmt: skip
    for path, values, action in changes:
        before = AuditEntry.objects.count()
        assert client.post(f"/admin/{path}/change/", values).status_code == 302, path
        assert AuditEntry.objects.count() == before + 1
        assert AuditEntry.objects.filter(action=action, actor="person:administrator@example.org").exists(), action
