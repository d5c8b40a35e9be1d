"""Which pages of the admin are read on record, and that nobody reads them off it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin

import portal.urls  # noqa: F401  # what the door does not serve is no longer registered then
from tenants.models import AuditEntry
from tests.support.audit_rows import no_room_for_an_entry
from tests.support.fleet import Fleet
from tests.support.signed_in import As
from tests.support.street import build_street

pytestmark = pytest.mark.long

# The fleet, which is staff's daily work, is looked at off the record; what is new is on it until somebody decides.
OFF_RECORD = {
    "tenants/customer",
    "tenants/site",
    "sensors/gateway",
    "sensors/sensor",
    "sensors/case",
    "sensors/diskkeyrelease",
}
PAGES: dict[str, Any] = {
    f"{model._meta.app_label}/{model._meta.model_name}": page for model, page in admin.site._registry.items()
}
ON_RECORD = sorted(set(PAGES) - OFF_RECORD)


def reads() -> list[tuple[str, str, Any]]:
    found = AuditEntry.objects.filter(action="list:read").order_by("pk")
    return list(found.values_list("actor", "subject", "details"))


def test_what_speaks_of_people_is_read_on_record():
    assert {name for name, page in PAGES.items() if not page.read_on_record} == OFF_RECORD
    assert ON_RECORD == [
        "accounts/accesstoken",
        "notices/mail",
        "tenants/approval",
        "tenants/auditentry",
        "tenants/person",
    ]


@pytest.mark.parametrize("role", ["administrator", "operator", "auditor"])
@pytest.mark.parametrize("name", ON_RECORD)
def test_a_list_and_an_object_leave_a_row_each(fleet: Fleet, signed_in: As, name: str, role: str):
    objects, client = build_street(fleet).objects, signed_in(getattr(fleet.world, role))
    for query in ("", "?p=1", "?o=1", "?o=-1", ""):
        assert client.get(f"/admin/{name}/{query}").status_code == 200
    client.get(f"/admin/{name}/{objects[name]}/change/")
    client.get(f"/admin/{name}/{objects[name]}/change/?_changelist_filters=x")
    listing = name.replace("/", ".")
    actor = f"person:{role}@example.org"
    assert reads() == [
        (actor, listing, {"asked": {}}),
        (actor, listing, {"asked": {"object": objects[name]}}),
    ]


def test_the_filter_stands_in_the_row(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.auditor)
    client.get("/admin/tenants/person/?q=owner")
    client.get("/admin/tenants/auditentry/?action=person:add&q=otto")
    assert [details for _, _, details in reads()] == [
        {"asked": {"q": "owner"}},
        {"asked": {"action": "person:add", "q": "otto"}},
    ]


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, _: client.get("/admin/tenants/person/?password__regex=a"),
        lambda client, _: client.get("/admin/tenants/person/999999/change/"),
        lambda client, _: client.get("/admin/"),
        lambda client, _: client.get("/admin/sensors/sensor/"),
        lambda client, objects: client.get(f"/admin/sensors/case/{objects['sensors/case']}/change/"),
        lambda client, _: client.get("/"),
    ],
)
def test_where_nothing_of_people_was_shown_there_is_no_row(fleet: Fleet, signed_in: As, ask: Callable[..., Any]):
    objects = build_street(fleet).objects
    ask(signed_in(fleet.world.auditor), objects)
    assert reads() == []


def test_without_its_row_nothing_is_shown(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.auditor)
    for path in ("", f"{fleet.world.owner.pk}/change/"):
        with no_room_for_an_entry(), pytest.raises(Exception, match="no room"):
            client.get(f"/admin/tenants/person/{path}")


def test_no_page_shows_an_objects_name_off_the_record(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.auditor)
    for page in ("history", "delete"):
        answer = client.get(f"/admin/tenants/person/{fleet.world.owner.pk}/{page}/")
        assert answer.status_code in {403, 404}
        assert "Owner" not in answer.content.decode()
