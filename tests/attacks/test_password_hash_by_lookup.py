"""A list that can be asked "does the hidden value begin with a?" gives the value away, letter by letter.

The attack: any role of the staff, the auditor too, read a password hash by 636 requests for
`/admin/tenants/person/?password__regex=...`. What a page does not offer as a filter is not looked up, whatever it is.
"""

from itertools import islice, product
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import Http404

import portal.urls  # noqa: F401  # what the door does not serve is no longer registered then
from tenants.models import Person
from tenants.provider_admin import ProviderAdmin
from tests.support.admin_lists import PAGES, asked_by, changes, paths
from tests.support.answers import what_it_shows
from tests.support.fleet import Fleet
from tests.support.signed_in import As
from tests.support.street import build_street

pytestmark = pytest.mark.long

LOOKUPS = ("", "__exact", "__regex", "__iregex", "__startswith", "__contains", "__gt", "__lte", "__in", "__isnull",
           "__range", "__length", "__date")  # fmt: skip


def offered(page: Any) -> set[str]:
    """Whether a field beside the list has this value or none: what its page shows in any case."""
    ends = ("", "__exact", "__isnull", "__id__exact")
    return {f"{field}{end}" for field in page.list_filter for end in ends}


def test_the_auditor_does_not_read_a_password_hash_letter_by_letter(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.auditor)
    stored = Person.objects.get(pk=fleet.world.administrator.pk).password
    answers = {
        guess: client.get(
            "/admin/tenants/person/", {"password__regex": f"^{guess}", "email": "administrator@example.org"}
        )
        for guess in (stored[:5], "nothing like it")
    }
    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({str(what_it_shows(answer)) for answer in answers.values()}) == 1


@pytest.mark.parametrize("name", PAGES)
def test_no_field_is_looked_up_that_the_page_does_not_offer(fleet: Fleet, name: str):
    page, request = PAGES[name], asked_by(fleet.world.auditor)
    mine, tried = offered(page), 0
    for path in paths(page.model):
        for lookup in LOOKUPS:
            key = path + lookup
            if key in mine:
                continue
            with pytest.raises(Http404):
                page.lookup_allowed(key, "x", request)
            tried += 1
    assert tried > 100


def test_the_answer_is_the_same_whatever_is_asked(fleet: Fleet, signed_in: As):
    objects = build_street(fleet).objects
    clients = {role: signed_in(getattr(fleet.world, role)) for role in ("administrator", "auditor")}
    for name, page in PAGES.items():
        refuses_alike(clients, name, page.model._default_manager.get(pk=objects[name]))


def refuses_alike(clients: dict[str, Any], name: str, row: Any) -> None:
    there = {field.name: str(field.value_to_string(row)) for field in row._meta.concrete_fields}
    asked = [{f"{field}__startswith": value} for field, value in there.items()]
    # What is compared, and how, is the same refusal for all fields: one shows it.
    field, value = next(iter(there.items()))
    for lookup, other in (("startswith", "x"), ("regex", "("), ("gt", value), ("in", "x,y")):
        asked.append({f"{field}__{lookup}": other})
    for role, client in clients.items():
        answers = [client.get(f"/admin/{name}/", query) for query in (asked if role == "auditor" else asked[-5:])]
        assert {answer.status_code for answer in answers} == {404}, (name, role)
        assert len({str(what_it_shows(answer)) for answer in answers}) == 1, (name, role)


@pytest.mark.parametrize(
    ("name", "lookup"),
    [
        ("sensors/sensor", "enrolment_codes__digest__startswith"),
        ("sensors/sensor", "certificate_requests__tunnel_key__contains"),
        ("sensors/case", "reported_by__password__startswith"),
        ("sensors/diskkeyrelease", "sensor__enrolment_codes__digest__startswith"),
        ("tenants/person", "authenticator__data__secret__startswith"),
        ("tenants/person", "groups__user__password__regex"),
        ("tenants/site", "customer__role_groups__group__user__password__regex"),
        ("tenants/approval", "requested_by__password__regex"),
        ("tenants/auditentry", "chain__customer__role_groups__group__user__password__gt"),
        ("sensors/sensor", "site__customer__role_groups__group__user__password__regex"),
    ],
)
def test_nothing_is_looked_up_through_a_relation(fleet: Fleet, signed_in: As, name: str, lookup: str):
    client = signed_in(fleet.world.auditor)
    answers = [client.get(f"/admin/{name}/", {lookup: value}) for value in ("a", "pbkdf2", "md5", "(")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({str(what_it_shows(answer)) for answer in answers}) == 1


def test_every_filter_that_a_page_offers_works(fleet: Fleet, signed_in: As):
    build_street(fleet)
    client = signed_in(fleet.world.auditor)
    for name in PAGES:
        filters_work(client, name)


def filters_work(client: Any, name: str) -> None:
    shown = changes(client, name)
    tried = 0
    for spec in shown.filter_specs:
        for choice in islice(spec.choices(shown), 4):
            assert client.get(f"/admin/{name}/{choice['query_string']}").status_code == 200, choice
            tried += 1
    assert tried or not PAGES[name].list_filter


@pytest.mark.parametrize("name", PAGES)
def test_a_value_that_no_database_can_compare_is_refused_like_any_other(fleet: Fleet, signed_in: As, name: str):
    """PostgreSQL ends a statement with a NUL in it by an error, which would be a 500."""
    client = signed_in(fleet.world.auditor)
    for spec in changes(client, name).filter_specs:
        for parameter in spec.expected_parameters():
            for value in ("\0", "x" * 4000, "9" * 400, "\ud800".encode("utf-8", "surrogatepass")):
                answer = client.get(f"/admin/{name}/", {parameter: value})
                assert answer.status_code in {200, 302, 404}, (parameter, value)


def test_no_object_is_named_by_another_field_than_its_key(fleet: Fleet, signed_in: As):
    """`_to_field` would look an object up by a hidden value, and write that value into a list that pops up."""
    objects = build_street(fleet).objects
    client = signed_in(fleet.world.administrator)
    fields = ("password", "digest", "email", "data", "subject", "hash", "name", "pk__startswith")
    for name, field in product(PAGES, fields):
        asked = {"_to_field": field, "_popup": "1"}
        # Each way to each page with one field, and what shows an object with each.
        ways = ("", f"{objects[name]}/change/", f"{objects[name]}/delete/", "add/") if field == "password" else ("",)
        for path in ways:
            answers = [client.get(f"/admin/{name}/{path}", asked)]
            if field == "password":
                answers.append(client.post(f"/admin/{name}/{path}?{urlencode(asked)}"))
                if path:  # a list reads no body
                    answers.append(client.post(f"/admin/{name}/{path}", asked))
            assert {answer.status_code for answer in answers} <= {403, 404}, (name, field, path)


def test_every_page_of_the_admin_has_the_guard():
    for page in PAGES.values():
        assert isinstance(page, ProviderAdmin)
        for guard in ("lookup_allowed", "to_field_allowed", "changelist_view", "changeform_view", "history_view"):
            assert getattr(type(page), guard) is getattr(ProviderAdmin, guard), f"{page}: {guard} is its own"
        assert not page.inlines, f"{page}: an inline has a form of its own, which is not looked at here"
