"""The page that issues a one-time code: asks on GET, issues on POST, shows the code this once."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache

Issue = Callable[[], str]


@never_cache
def code_page(request: HttpRequest, *, machine: Any, change_url: str, issue: Issue) -> HttpResponse:
    code = ""
    if request.method == "POST":
        try:
            code = issue()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(change_url)
    context = admin.site.each_context(request) | {
        "title": f"Enrolment code for {machine}",
        "machine": machine,
        "change_url": change_url,
        "code": code,
    }
    return TemplateResponse(request, "admin/sensors/enrolment_code.html", context)
