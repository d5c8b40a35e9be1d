"""Pages for what went wrong. Django writes them without the context of the others, so none of them would say whom to
call. They ask neither the database nor the session, which may be what is broken.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.csrf import csrf_failure as _as_django_does

from limits.kept import NotInTime
from portal.context import portal
from sensors.cases.pages.case_note import refuse_unsent_note
from sensors.cases.pages.report import refuse_unsent

# Forms that people fill in while much is at stake: shown again with all that was in them.
_SHOWN_AGAIN: dict[str, Callable[..., HttpResponse]] = {
    "report": refuse_unsent,
    "report-boxes": refuse_unsent,
    "case-note": refuse_unsent_note,
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # as Django calls it
    return HttpResponse(render_to_string("400.html", portal(request)), status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is not good, such as one from before a new sign-in. Nothing is done with it until it is sent
    from a page of ours.
    """
    match = request.resolver_match
    if match and match.view_name in _SHOWN_AGAIN:
        return _SHOWN_AGAIN[match.view_name](request, **match.kwargs)
    return _as_django_does(request, reason)


class SayBusy:
    """A page for what others are finding out and have not finished: to come again helps, and nothing is broken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, NotInTime):
            return None
        return HttpResponse(render_to_string("503.html", portal(request)), status=503, headers={"Retry-After": "5"})


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("500.html", portal(request)), status=500)
