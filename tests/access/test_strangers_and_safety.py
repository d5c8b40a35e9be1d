"""What the statuses alone do not show: what a 404 gives away, who may send a form."""

import re
from itertools import product
from typing import Any

import pytest

from sensors.models import Case, EnrolmentCode, Sensor
from tenants.models import AuditEntry
from tests.support.access_table import ASKED_BY_BOXES, PEOPLES_TABLES, cells, read_table
from tests.support.answers import what_it_shows
from tests.support.purses import fill_purses
from tests.support.street import PEOPLE, Street, undone

pytestmark = pytest.mark.long

OBJECT = re.compile(r"\{(ours|theirs|our-\w+|their-\w+|gateway)\}")


@pytest.mark.parametrize("table", ["pages", "rest"])
def test_a_strangers_object_and_a_missing_one_look_the_same(street: Street, table: str):
    for actor in PEOPLE:
        compared = compare_strangers(street, table, actor)
        assert compared > 0 or actor in {"administrator", "operator"}


def compare_strangers(street: Street, table: str, actor: str) -> int:
    compared = 0
    nowhere: dict[tuple[str, str], Any] = {}  # one answer for ours and theirs
    for method, path, expected in cells(read_table(table)):
        if expected[actor] == 404 and OBJECT.search(path):
            missing = (method, OBJECT.sub("{none}", path))
            with undone():
                there = what_it_shows(street.ask(actor, method, path))
                if missing not in nowhere:
                    nowhere[missing] = what_it_shows(street.ask(actor, *missing))
            assert there == nowhere[missing], f"{actor}: {method} {path}"
            compared += 1
    return compared


def test_a_body_that_names_a_strangers_object_is_answered_like_one_that_names_none(street: Street):
    for actor, path in product(PEOPLE, ("/api/v1/sites/", "/api/v1/sensors/")):
        for where in ("at-ours", "at-theirs"):
            with undone():
                named = what_it_shows(street.ask(actor, "POST", f"{path}#{where}"))
                nowhere = what_it_shows(street.ask(actor, "POST", f"{path}#nowhere"))
            assert named[0] == 201 or named == nowhere, (actor, path)


def test_no_form_is_taken_without_its_token(street: Street):
    """Another site's page, in a browser that is signed in here, sends whatever it likes but not the token."""
    before = (AuditEntry.objects.count(), Case.objects.count(), EnrolmentCode.objects.count())
    for actor, table in product(("administrator", "contact", "nobody"), PEOPLES_TABLES):
        for method, path, _ in cells(read_table(table)):
            if method == "GET" or path in ASKED_BY_BOXES:
                continue
            fill_purses()
            response = street.ask(actor, method, path, checks_csrf=True)
            # 302: to sign in; 404 and 405: there is nothing to send anything to.
            assert response.status_code in {302, 403, 404, 405}, f"{actor}: {method} {path}: {response.status_code}"
            if response.status_code == 302:
                assert re.match(r"/(accounts|admin)/", response["Location"]), f"{method} {path}"
    assert (AuditEntry.objects.count(), Case.objects.count(), EnrolmentCode.objects.count()) == before
    assert Sensor.objects.filter(state="in-service").count() == 4


def test_a_report_sent_without_its_token_is_refused(street: Street):
    response = street.ask("contact", "POST", "/sensors/{ours}/report/", checks_csrf=True)
    assert response.status_code == 403
    response = street.ask("contact", "POST", "/api/v1/sensors/{ours}/report-loss/", checks_csrf=True)
    assert response.status_code == 403


def test_a_head_tells_no_more_than_a_get(street: Street):
    for actor, table in product(("contact", "stranger", "nobody"), ("pages", "rest")):
        for method, path, expected in cells(read_table(table)):
            if method == "GET":
                response = street.ask(actor, "HEAD", path)
                assert response.status_code == expected[actor], (actor, path)
                assert response.getvalue() == b""


def test_options_tell_nothing_of_an_object(street: Street):
    paths = ("sensors/{}/", "customers/{}/", "sites/{}/", "cases/{}/", "sensors/{}/report-loss/")
    for actor, path in product(("stranger", "viewer", "nobody"), paths):
        for name in ("our-customer", "our-site", "our-case", "ours"):
            there = street.ask(actor, "OPTIONS", "/api/v1/" + path.format("{" + name + "}"))
            missing = street.ask(actor, "OPTIONS", "/api/v1/" + path.format("{none}"))
            assert what_it_shows(there) == what_it_shows(missing), (actor, path)


def test_a_person_whose_roles_were_taken_is_out_at_once(street: Street, fleet: Any):
    from tenants.operations.grant_role import revoke_roles
    from tests.support.fleet import ACTOR

    assert street.ask("contact", "GET", "/sensors/{ours}/").status_code == 200
    revoke_roles(person=fleet.world.owner, revoked_by=ACTOR)
    assert street.ask("contact", "GET", "/sensors/{ours}/").status_code == 302
    assert street.ask("contact", "GET", "/api/v1/sensors/").status_code == 403
    assert street.ask("contact", "POST", "/sensors/{ours}/report/").status_code == 302
    assert Case.objects.filter(sensor__pk=street.objects["ours"]).count() == 0


@pytest.mark.parametrize("flag", ["is_superuser", "is_staff"])
def test_a_flag_without_a_role_shows_nothing_of_anybody(street: Street, fleet: Any, flag: str):
    from tenants.models import Person
    from tenants.operations.grant_role import revoke_roles
    from tests.support.fleet import ACTOR

    person = fleet.world.auditor
    revoke_roles(person=person, revoked_by=ACTOR)
    Person.objects.filter(pk=person.pk).update(is_active=True, **{flag: True})
    assert street.ask("auditor", "GET", "/sensors/{ours}/").status_code == 404
    assert street.ask("auditor", "GET", "/api/v1/sensors/").json()["results"] == []
    assert street.ask("auditor", "GET", "/api/v1/gateways/").json()["results"] == []
    for path in ("tenants/customer/", "sensors/sensor/", "tenants/person/", "sensors/sensor/{ours}/change/"):
        assert street.ask("auditor", "GET", f"/admin/{path}").status_code in {302, 403}
    assert street.ask("auditor", "POST", "/admin/sensors/sensor/{ours}/code/").status_code in {302, 404}
