"""What the REST interface reads: bodies and page sizes within bounds."""

import json
from typing import Any

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request


class JsonBody(JSONParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Raises ParseError, also for what is nested so deeply that Python's own parser gives up, and for half of a
        character: no text of ours could repeat it in an answer, nor a database keep it."""
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError("The body is nested too deeply.") from None
        except UnicodeEncodeError:
            raise ParseError("The body holds half of a surrogate pair.") from None
        return data


class Page(LimitOffsetPagination):
    """What cannot be read is refused: a program that asked for ten would take a hundred for them."""

    default_limit = 100
    max_limit = 1000  # a number of any size reaches the database otherwise, which may know none so large
    max_offset = 10_000_000

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """In one order, so that no row is on two pages or on none while nothing changes."""
        order = queryset.query.order_by or tuple(queryset.model._meta.ordering or ())
        return super().paginate_queryset(queryset.order_by(*order, "pk"), request, view)

    def get_limit(self, request: Request) -> int:
        return _number(request, "limit", 1, self.max_limit, self.default_limit)

    def get_offset(self, request: Request) -> int:
        return _number(request, "offset", 0, self.max_offset, 0)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        bounds = {
            "limit": {"minimum": 1, "maximum": self.max_limit, "default": self.default_limit},
            "offset": {"minimum": 0, "maximum": self.max_offset, "default": 0},
        }
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        return [each | {"schema": each["schema"] | bounds[each["name"]]} for each in parameters]


def _number(request: Request, name: str, least: int, most: int, otherwise: int) -> int:
    """Raises ValidationError."""
    values = request.query_params.getlist(name)
    if not values:
        return otherwise
    text = values[0]
    if len(values) == 1 and text.isascii() and text.isdecimal() and len(text) <= 12 and least <= int(text) <= most:
        return int(text)
    raise ValidationError({name: [f"Give one whole number from {least} to {most}."]})
