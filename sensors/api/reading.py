"""What the REST interface reads: bodies and page sizes within bounds."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.parsers import JSONParser


class JsonBody(JSONParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Raises ParseError, also for what is nested so deeply that Python's own parser gives up."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("The body is nested too deeply.") from None


class Page(LimitOffsetPagination):
    default_limit = 100
    max_limit = 1000  # a number of any size reaches the database otherwise, which may know none so large
