"""The page that issues a one-time code: asks on GET, issues on POST, shows the code this once.

Where the customer's policy wants two people for a code, it asks for one. Loaded again, the page that shows a code sends
what it was asked with: `newest` says so, and nothing is issued.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from tenants.models import Approval

Issue = Callable[[int | None], str]
Ask = Callable[[str], Approval]


@never_cache
def code_page(
    request: HttpRequest, *, machine: Any, change_url: str, newest: int, issue: Issue, ask: Ask | None = None
) -> HttpResponse:
    """`ask` takes a reason and makes a request for a second person, in the place of `issue`, which takes the newest
    code that the page knew of. `newest` is that of now."""
    code, reason = "", request.POST.get("reason", "")
    if request.method == "POST":
        try:
            if ask:
                approval = ask(reason)
                messages.success(request, "There is no code yet: another person has to agree. People are told.")
                return redirect(reverse("decision", args=[approval.pk]))
            code = issue(known_of(request, "newest"))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            if not ask:
                return redirect(change_url)
    context = admin.site.each_context(request) | {
        "title": f"Enrolment code for {machine}",
        "machine": machine,
        "change_url": change_url,
        "code": code,
        "newest": newest,
        "needs_second_person": ask is not None,
        "reason": reason,
    }
    return TemplateResponse(request, "admin/sensors/enrolment_code.html", context)


def known_of(request: HttpRequest, name: str) -> int | None:
    """The newest code that the page knew of when it was opened; None if it does not say."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
