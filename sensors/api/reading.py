"""What the REST interface reads: bodies and page sizes within bounds."""

import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.parsers import JSONParser


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
    default_limit = 100
    max_limit = 1000  # a number of any size reaches the database otherwise, which may know none so large
