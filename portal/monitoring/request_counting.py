"""Middleware of the doors that counts what they answer: by the name of the call, never by what a path holds."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.monitoring.request_counts import UNKNOWN, RequestCounts

Answer = Callable[[HttpRequest], HttpResponseBase]


def count_pages(get_response: Answer) -> Answer:
    """At the people's door a call's name is its route in the urlconf."""
    return counting(get_response, _route_of)


def counting(get_response: Answer, name_of: Callable[[HttpRequest], str]) -> Answer:
    counts = RequestCounts(_folder())

    def answer(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = get_response(request)
        counts.note(name_of(request), response.status_code, time.perf_counter() - began)
        return response

    return answer


def _folder() -> Path | None:
    """systemd makes it (`RuntimeDirectory=`). In tests and the laboratory nobody reads it."""
    given = os.environ.get("RUNTIME_DIRECTORY", "")
    return Path(given) if given else None


def _route_of(request: HttpRequest) -> str:
    """A path that leads nowhere has none, and neither has a request that was refused before."""
    return f"/{request.resolver_match.route}"[:200] if request.resolver_match else UNKNOWN
