"""What a list can be narrowed by: each list names it, and anything else in the address is an error, not ignored.

A program that misspells a name would otherwise take all there is for what it asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.settings import api_settings

# Of the page itself, see `sensors.api.reading.Page`; `format` is DRF's.
_OF_EVERY_LIST = ("limit", "offset", str(api_settings.URL_FORMAT_OVERRIDE))

Narrow = Callable[[QuerySet[Any], Any], QuerySet[Any]]


@dataclass(frozen=True)
class Filter:
    """`reads` says what a value must look like, `schema` the same in OpenAPI's words."""

    name: str
    reads: serializers.Field[Any, Any, Any, Any]
    schema: dict[str, Any]
    says: str
    narrow: Narrow


def by_id(name: str, column: str, says: str) -> Filter:
    return Filter(
        name,
        serializers.UUIDField(),
        {"type": "string", "format": "uuid"},
        says,
        lambda rows, value: rows.filter(**{column: value}),
    )


def by_choice(name: str, choices: list[str], says: str, narrow: Narrow) -> Filter:
    return Filter(name, serializers.ChoiceField(choices=choices), {"type": "string", "enum": choices}, says, narrow)


def by_name(name: str, column: str, says: str) -> Filter:
    return Filter(
        name,
        serializers.SlugField(max_length=32),
        {"type": "string", "maxLength": 32},
        says,
        lambda rows, value: rows.filter(**{column: value}),
    )


def since(name: str, says: str, narrow: Narrow) -> Filter:
    return Filter(name, serializers.DateTimeField(), {"type": "string", "format": "date-time"}, says, narrow)


def registered_since() -> Filter:
    """From this moment on."""
    return since(
        "registered_since",
        "Entered at this time or later.",
        lambda rows, value: rows.filter(registered_at__gte=value),
    )


class Filters(BaseFilterBackend):
    """By `filters` of the view, which only ever narrow what its queryset shows to this person."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Raises ValidationError for a name or a value that cannot be read. An object by its key is not filtered."""
        if view.action != "list":
            return queryset
        known = {each.name: each for each in _filters_of(view)}
        errors: dict[str, list[str]] = {}
        for name, values in request.query_params.lists():
            if name in _OF_EVERY_LIST:
                continue
            if name not in known:
                names = ", ".join(sorted([*known, "limit", "offset"]))
                errors[_shown(name)] = [f"This list knows no such filter. It knows: {names}."]
            elif len(values) != 1:
                errors[name] = ["Give this once."]
            else:
                try:
                    queryset = known[name].narrow(queryset, known[name].reads.run_validation(values[0]))
                except ValidationError as error:
                    errors[name] = [str(detail) for detail in error.detail]
        if errors:
            raise ValidationError(errors)
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {"name": each.name, "in": "query", "required": False, "description": each.says, "schema": each.schema}
            for each in _filters_of(view)
        ]


def _filters_of(view: Any) -> tuple[Filter, ...]:
    return getattr(view, "filters", ())


def _shown(name: str) -> str:
    """Somebody's own words, which come back to them alone."""
    return name[:40].encode("ascii", "backslashreplace").decode()
