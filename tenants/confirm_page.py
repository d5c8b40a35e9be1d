"""The page in front of what cannot be taken back: says what follows on GET, does it on POST."""

from collections.abc import Callable, Sequence

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse


def confirm_page(
    request: HttpRequest,
    *,
    title: str,
    consequences: Sequence[str],
    button: str,
    change_url: str,
    do: Callable[[str], str],
    asks_why: str = "",
) -> HttpResponse:
    """`do` takes the reason that was given and returns what to say then; `asks_why` says who reads it."""
    if request.method == "POST":
        try:
            messages.success(request, do(request.POST.get("reason", "")))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(change_url)
    context = admin.site.each_context(request) | {
        "title": title,
        "consequences": consequences,
        "button": button,
        "change_url": change_url,
        "asks_why": asks_why,
    }
    return TemplateResponse(request, "admin/confirm.html", context)
