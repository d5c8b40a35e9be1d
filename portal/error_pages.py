"""Pages for what went wrong. Django writes them without the context of the others, so none of them would say whom to
call. They ask neither the database nor the session, which may be what is broken.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from portal.context import portal


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # as Django calls it
    return HttpResponse(render_to_string("400.html", portal(request)), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("500.html", portal(request)), status=500)
