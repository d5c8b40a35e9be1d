"""What may be asked of a list in the admin: what the page offers, and nothing else.

Django lets anybody who sees a list look up any of the model's own columns in the address, a password's hash too. Each
answer, "there are rows" or "there are none", then gives a hidden value away, letter by letter.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model
from django.http import HttpRequest


def offered_lookups(model: type[Model], list_filter: Iterable[Any], date_hierarchy: str | None) -> frozenset[str]:
    """The names that the filters beside a list send. One that sends others has to be added here."""
    names = {name for item in list_filter for name in _sent_by(model, item)}
    if date_hierarchy:
        names |= {f"{date_hierarchy}__{part}" for part in ("year", "month", "day")}
    return frozenset(names)


def _sent_by(model: type[Model], item: Any) -> Iterator[str]:
    if hasattr(item, "parameter_name"):
        yield item.parameter_name
        return
    path = item[0] if isinstance(item, tuple | list) else item
    yield from (path, f"{path}__exact", f"{path}__isnull")
    field = get_fields_from_path(model, path)[-1]
    if isinstance(field, Field) and field.is_relation:
        yield f"{path}__{field.target_field.name}__exact"  # type: ignore[attr-defined]  # a foreign key has one


class ChoicesOfForms(AutocompleteJsonView):
    """Choices for a field of a form that the asker could fill in. Django's own answers for any relation there is."""

    def process_request(self, request: HttpRequest) -> Any:
        """Raises PermissionDenied."""
        asked = {name: request.GET.get(name, "") for name in ("app_label", "model_name", "field_name")}
        pages = self.admin_site._registry.values() if self.admin_site else ()
        if not any(_is_field_of(page, request, **asked) for page in pages):
            raise PermissionDenied
        term, *others = super().process_request(request)
        return term.replace("\0", ""), *others  # PostgreSQL cannot compare with NUL


def _is_field_of(page: Any, request: HttpRequest, *, app_label: str, model_name: str, field_name: str) -> bool:
    return (
        (page.opts.app_label, page.opts.model_name) == (app_label, model_name)
        and field_name in page.get_autocomplete_fields(request)
        and (page.has_add_permission(request) or page.has_change_permission(request))
    )
