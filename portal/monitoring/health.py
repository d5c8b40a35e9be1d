"""`/health/live` and `/health/ready`, at both doors.

Answered before anything else of a door: by whatever name the host is called, without a session, and without a
connection to the database that a session would need.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from limits.kept import Kept, NotInTime
from portal.monitoring.readiness import what_is_not_ready

_METHODS = ("GET", "HEAD")
_NOT_READY = Kept(what_is_not_ready, seconds=1)


def _live() -> tuple[int, str]:
    return 200, "live"


def _ready() -> tuple[int, str]:
    try:
        parts = _NOT_READY.get()
    except NotInTime:
        return 503, "not ready: no answer in time"
    return (503, f"not ready: {', '.join(parts)}") if parts else (200, "ready")


HEALTH = {"/health/live": _live, "/health/ready": _ready}


def answer_health(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A middleware. Anybody who asks learns which part is not ready, and nothing else of it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        ask = HEALTH.get(request.path_info)
        if ask is None:
            return get_response(request)
        if request.method not in _METHODS:
            return HttpResponseNotAllowed(_METHODS)
        status, text = ask()
        return HttpResponse(
            f"{text}\n", status=status, content_type="text/plain", headers={"Cache-Control": "no-store"}
        )

    return answer
