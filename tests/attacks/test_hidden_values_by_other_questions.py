"""The same theft by another question than a filter: a search, an order, a choice in a form, a parameter of REST.

What can be searched or sorted by is what a page shows in any case; what else stands in an address changes no answer.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import F, Model
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from rest_framework.views import APIView

import portal.urls  # noqa: F401  # what the door does not serve is no longer registered then
from sensors.api.filtering import Filters
from sensors.models import Case, EnrolmentCode, Gateway, LossCard, Sensor
from tenants.models import Approval, AuditEntry, Customer, Person, Site
from tests.support.access_table import ASKED_BY_BOXES, cells, read_table
from tests.support.admin_lists import PAGES, asked_by, changes, paths
from tests.support.answers import NOISE
from tests.support.fleet import Fleet
from tests.support.purses import fill_purses
from tests.support.signed_in import As
from tests.support.street import Street, build_street

pytestmark = pytest.mark.long


def shown(page: Any, request: Any) -> set[str]:
    """The fields of a model that the list or an object's own page shows."""
    row = page.model()
    fields = {name for _, options in page.get_fieldsets(request, row) for name in options["fields"]}
    return fields | {str(name) for name in page.get_list_display(request)} | {page.opts.pk.name}


def is_shown(model: type[Model], path: str, request: Any) -> bool:
    """Whether the page of the model at the path's end shows the field there."""
    *relations, last = path.lstrip("-^=@").removesuffix("__icontains").split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment]
    page = admin.site._registry.get(model)
    return page is not None and made_of(model, last) <= {"pk", "id", *shown(page, request)}


def made_of(model: type[Model], name: str) -> set[str]:
    """The fields that a column is worked out from by the database, or the column itself."""
    field: Any = None if name == "pk" else model._meta.get_field(name)
    expression = getattr(field, "expression", None)
    if expression is None:
        return {name}
    columns: list[Any] = [each for each in expression.flatten() if isinstance(each, F)]
    return {column.name for column in columns}


def sorted_by(model: type[Model], path: str) -> Iterator[str]:
    """A column that holds an object is sorted by that object's own order, which may hold an object in turn."""
    field: Any = None
    target: Any = model
    for part in path.lstrip("-").split("__"):
        field = target._meta.pk if part == "pk" else target._meta.get_field(part)
        target = field.related_model or target
    if field.is_relation:
        for further in target._meta.ordering:
            yield from sorted_by(model, f"{path.lstrip('-')}__{str(further).lstrip('-')}")
    else:
        yield path


@pytest.mark.parametrize("name", PAGES)
def test_a_search_finds_only_by_what_is_shown(fleet: Fleet, name: str):
    page, request = PAGES[name], asked_by(fleet.world.auditor)
    assert [path for path in page.get_search_fields(request) if not is_shown(page.model, path, request)] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_list_is_sorted_only_by_what_is_shown(fleet: Fleet, signed_in: As, name: str):
    page, request = PAGES[name], asked_by(fleet.world.auditor)
    client = signed_in(fleet.world.auditor)
    columns = len(page.get_list_display(request))
    for number in [*range(columns + 2), -1, 99, "9" * 5000, "x", "password"]:
        for sign in ("", "-"):
            for order in changes(client, name, o=f"{sign}{number}").queryset.query.order_by:
                for path in sorted_by(page.model, str(order)):
                    assert is_shown(page.model, path, request), (number, path)


@pytest.mark.parametrize("role", ["administrator", "operator", "auditor"])
def test_choices_are_given_for_fields_of_forms_only(fleet: Fleet, signed_in: As, role: str):
    client = signed_in(getattr(fleet.world, role))
    given = set()
    models: list[type[Model]] = [*admin.site._registry, Group, EnrolmentCode]
    for model in models:
        for field in model._meta.get_fields(include_hidden=True):
            app, kind = model._meta.app_label, model._meta.model_name
            query = {"app_label": app, "model_name": str(kind), "field_name": field.name, "term": ""}
            answer = client.get("/admin/autocomplete/", query)
            assert answer.status_code in {200, 403}
            if answer.status_code == 200:
                given.add(f"{app}.{kind}.{field.name}")
                assert client.get("/admin/autocomplete/", query | {"term": "a\0b"}).status_code == 200
    assert given == (set() if role == "auditor" else {"tenants.site.customer", "sensors.sensor.site"})


@pytest.mark.parametrize(
    "query", ["s=person", "s=person&extended=1", "s=pbkdf2&extended=1", "s=x&page=x", "s=x&page=9"]
)
def test_the_search_over_the_admin_finds_names_of_pages_only(fleet: Fleet, signed_in: As, query: str):
    answer = signed_in(fleet.world.auditor).get(f"/admin/search/?{query}")
    assert answer.status_code in {200, 404}
    assert "example.org" not in answer.content.decode()


def views(resolver: URLResolver) -> Iterator[Any]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        else:
            yield from views(pattern)


def test_no_view_of_rest_filters_searches_or_sorts_by_request_but_by_names_of_its_own():
    """One that begins to needs an allow-list of fields of its own, and a test of it here."""
    rest = {view.cls for view in views(get_resolver()) if isinstance(getattr(view, "cls", None), type)}
    assert len(rest) > 8
    for view in rest:
        assert issubclass(view, APIView)
        assert list(getattr(view, "filter_backends", [])) in ([], [Filters])
        for name in ("filterset_fields", "filterset_class", "search_fields", "ordering_fields", "lookup_url_kwarg"):
            assert not getattr(view, name, None), f"{view}: {name}"
        assert getattr(view, "lookup_field", "pk") == "pk"


SORTING = ("ordering", "o", "order_by", "sort", "fields", "expand")
FOUND_BY = "q state customer site gateway page"
# What each list is asked by, which is shown on it and has its own tests (tests/api/test_lists.py, tests/pages).
LISTS: dict[str, tuple[type[Model], str]] = {
    "/api/v1/customers/": (Customer, "slug registered_since"),
    "/api/v1/sites/": (Site, "customer registered_since"),
    "/api/v1/sensors/": (Sensor, "customer site gateway name state registered_since"),
    "/api/v1/cases/": (Case, "customer site sensor state changed_since"),
    "/api/v1/gateways/": (Gateway, "name state"),
    "/": (Sensor, "seen"),
    "/overview/": (Sensor, "seen"),
    "/sensors/": (Sensor, f"{FOUND_BY} seen"),
    "/sensors.csv": (Sensor, FOUND_BY),
    "/cases/": (Case, "page"),
    "/card/": (LossCard, ""),
    "/cards/": (Site, "q page"),
    "/decisions/": (Approval, "page"),
    "/drill/": (Sensor, "q"),
    "/drill/done/": (Sensor, "sensor site took"),
    "/people/": (Person, ""),
    "/records/": (AuditEntry, "customer box person day before"),
    "/report/": (Sensor, "q"),
    "/report/sent/": (Sensor, "sensor site seen"),
}


def questions(model: type[Model], own: set[str]) -> Iterator[dict[str, str]]:
    """Many names in one address: where each is refused or none is looked at, they do not hide one another."""
    names = [*paths(model, 1), "reported_by__password", "site__customer__role_groups__group__user__password"]
    for lookup in ("", "__startswith", "__regex"):
        yield {f"{name}{lookup}": "a" for name in names if f"{name}{lookup}" not in own}
    # The last name is the one that a page would sort by; all that are tried last are hidden ones or the first.
    for name in (names[0], *names[-2:], "password", "pk"):
        yield dict.fromkeys(SORTING, name) | {"search": "a"}
    yield {"version": "2", "lookup_field": "password"}


@pytest.fixture
def street(fleet: Fleet) -> Street:
    return build_street(fleet)


def test_every_list_of_the_peoples_door_is_asked_here():
    found = {
        path.partition("#")[0]
        for table in ("rest", "pages")
        for method, path, _ in cells(read_table(table))
        if method == "GET"
    }
    listing = {path for path in found if "{" not in path and not path.startswith(("/accounts/", "/pki/", "/v1/"))}
    assert listing - {"/api/schema/", *ASKED_BY_BOXES} == set(LISTS), "a list that this test does not know"


def test_a_list_of_rest_is_asked_by_those_names_alone():
    for path in LISTS:
        view: Any = resolve(path).func
        if path.startswith("/api/"):
            assert {each.name for each in view.cls.filters} == set(LISTS[path][1].split()), path


def test_what_else_stands_in_an_address_changes_no_answer(street: Street):
    """REST refuses it, and each refusal looks like the other; a page does not look at it."""
    for path, actor in product(LISTS, ("auditor", "contact")):
        asks_in_vain(street, path, actor)


def asks_in_vain(street: Street, path: str, actor: str) -> None:
    model, own = LISTS[path]
    plain = comparable(street.ask(actor, "GET", path))
    for query in questions(model, set(own.split())):
        fill_purses()
        answer = street.ask(actor, "GET", path, query=query)
        if path.startswith("/api/"):
            assert answer.status_code == 400, (path, actor, query)
            assert set(answer.json()["errors"]) == {name[:40] for name in query}
            assert comparable(answer) == comparable(street.ask(actor, "GET", path, query=dict.fromkeys(query, "b")))
        else:
            assert comparable(answer) == plain, (path, actor, query)


def comparable(answer: Any) -> tuple[int, bytes]:
    """Without the moment, and what an answer repeats of the address it was asked by."""
    moment = rb'<span id="as-of">[^<]*<|ago</span>|>[^<>]*</time>|name="begun" value="[^"]*"'
    return answer.status_code, re.sub(rb'\?[^"\s]*(?=")|' + moment, b"", NOISE.sub(b"", answer.getvalue()))


def test_the_table_of_people_shows_no_hash_to_anybody(fleet: Fleet, signed_in: As):
    stored = list(Person.objects.values_list("password", flat=True))
    for role in ("administrator", "auditor"):
        client = signed_in(getattr(fleet.world, role))
        for path in ("", f"{fleet.world.owner.pk}/change/", "?_popup=1&_to_field=id"):
            text = client.get(f"/admin/tenants/person/{path}").content.decode()
            assert not [each for each in stored if each in text]
