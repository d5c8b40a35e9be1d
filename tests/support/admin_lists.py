"""The admin's lists, and what may be asked of them."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Field, Model
from django.test import RequestFactory

import portal.urls  # noqa: F401  # what the door does not serve is no longer registered then
from tenants.models import Approval, Person

PAGES: dict[str, Any] = {
    f"{model._meta.app_label}/{model._meta.model_name}": page for model, page in admin.site._registry.items()
}


DEPTH = 3  # relations one behind the other


def paths(model: type[Model], depth: int = DEPTH, prefix: str = "") -> Iterator[str]:
    """All fields, also through relations in both directions."""
    for field in model._meta.get_fields(include_hidden=True):
        name = prefix + field.name
        yield name
        if isinstance(field, Field) and field.attname != field.name:
            yield prefix + field.attname
        if depth > 1 and field.is_relation and isinstance(field.related_model, type):
            yield from paths(field.related_model, depth - 1, f"{name}__")


def asked_by(person: Person) -> Any:
    request = RequestFactory().get("/")
    request.user = person
    return request


def changes(client: Any, name: str, **query: str) -> Any:
    """The list of such objects, as its page has it."""
    answer = client.get(f"/admin/{name}/", query)
    assert answer.status_code == 200, query
    return answer.context_data["cl"]


def page_of(approval: Approval) -> str:
    """Where it is decided."""
    return f"/decisions/{approval.pk}/"
