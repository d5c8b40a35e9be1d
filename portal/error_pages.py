"""Pages for what went wrong. Django writes them without the context of the others, so none of them would say whom to
call. They ask neither the database nor the session, which may be what is broken.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.csrf import csrf_failure as _as_django_does

from portal.context import portal
from sensors.cases.pages.report import refuse_unsent


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # as Django calls it
    return HttpResponse(render_to_string("400.html", portal(request)), status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is not good, such as one from before a new sign-in. A report is shown again as it was chosen:
    nothing is done with it until it is sent from a page of ours.
    """
    match = request.resolver_match
    if match and match.view_name in {"report", "report-boxes"}:
        return refuse_unsent(request, **match.kwargs)
    return _as_django_does(request, reason)


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("500.html", portal(request)), status=500)
