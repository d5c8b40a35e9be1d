"""Pages of which a part keeps itself up to date: htmx asks for the same address again and gets that part alone."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers


def answer_live(
    request: HttpRequest,
    *,
    page: str,
    part: str,
    context: dict[str, Any],
    every: int,
    announcement: str = "",
    further: str = "",
) -> HttpResponse:
    """`page` shows `live`, which holds `part` and asks again after `every` seconds; and `further`, which comes along.

    What has not changed is not sent again (204): the page keeps still under the reader's eyes, fingers and screen
    reader. `announcement` is read out after a change. Neither must hold a form: its token differs every time.
    """
    body = render_to_string(part, context, request)
    more = render_to_string(further, context, request) if further else ""
    seen = hashlib.sha256(f"{body}\0{more}".encode()).hexdigest()[:16]
    asked_again = bool(request.headers.get("HX-Request"))
    if asked_again and request.GET.get("seen") == seen:
        response = HttpResponse(status=204)
    else:
        query = request.GET.copy()
        query.pop("seen", None)
        live = {
            "body": body,
            "seen": seen,
            "every": every,
            "address": f"{request.path}?{query.urlencode()}" if query else request.path,
            "announcement": announcement if asked_again else "",
            "more": more if asked_again else "",
        }
        fragment = render_to_string("_live.html", live, request)
        if asked_again:
            response = HttpResponse(fragment)
        else:
            response = render(request, page, {**context, "live": fragment, "further": more, "as_of": timezone.now()})
    patch_vary_headers(response, ["HX-Request"])
    add_never_cache_headers(response)
    return response
