"""One import: what would become true, then how far it is, then what came of it.

The people's door makes it true itself, part by part, while somebody looks on: no worker may write sites, sensors and
people, and none is given that right for this. Without JavaScript, the button does the same for longer.
"""

import time
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.views.decorators.http import require_http_methods

from sensors.models import ImportRun
from sensors.onboarding.columns import OF_KIND, Kind
from sensors.onboarding.operations.confirm_import import confirm_import
from sensors.onboarding.operations.drop_import import drop_import
from sensors.onboarding.operations.make_import_part import make_import_part
from sensors.pages.signed_in import person_of
from tenants.models import Person

# Seconds for which one request works. A browser with JavaScript asks again by itself, and shows how far it is.
WATCHED, PRESSED = 1.0, 5.0
ROWS_ON_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_run(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_of(request)
    runs = ImportRun.objects.visible_to(person).select_related("customer", "uploaded_by")
    run = get_object_or_404(runs, pk=pk)
    watched = bool(request.headers.get("HX-Request"))
    if request.method == "POST":
        if not run.ended_at:
            _do(request.POST.get("do", ""), run, person, WATCHED if watched else PRESSED)
        if not watched:
            return redirect("import-run", pk=pk)
        run = get_object_or_404(runs, pk=pk)
    context: dict[str, Any] = {"run": run, "as_of": timezone.now(), "percent": _percent(run)}
    if not run.confirmed_at and not run.ended_at:
        context |= _preview(run, request.GET.get("page"))
    template = "sensors/_import_progress.html" if watched else "sensors/import_run.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    add_never_cache_headers(response)
    return response


def _do(what: str, run: ImportRun, person: Person, seconds: float) -> None:
    """Twice, or too late, does no harm: what has ended has ended."""
    try:
        if what == "drop":
            drop_import(run=run.pk, dropped_by=person)
        elif what == "confirm":
            confirm_import(run=run.pk, confirmed_by=person)
            _go_on(run, person, WATCHED)
        elif what == "go-on":
            _go_on(run, person, seconds)
    except ImportRun.DoesNotExist:
        return


def _go_on(run: ImportRun, person: Person, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        made = make_import_part(run=run.pk, made_by=person)
        if made is None or made.ended_at or made.stopped_because:
            return


def _percent(run: ImportRun) -> int:
    return 100 * run.rows_done // run.rows if run.rows else 100


def _preview(run: ImportRun, number: str | None) -> dict[str, Any]:
    """A page of rows, made of whole parts."""
    pages: list[list[int]] = []
    there = ROWS_ON_PAGE
    for key, count in run.parts.values_list("pk", "count"):
        if there >= ROWS_ON_PAGE:
            pages.append([])
            there = 0
        pages[-1].append(key)
        there += count
    page: Page[list[int]] = Paginator(pages, 1).get_page(number)
    parts = run.parts.filter(pk__in=[key for keys in page for key in keys])
    return {"page": page, "rows": [_shown_row(row) for part in parts for row in part.rows]}


def _shown_row(row: dict[str, Any]) -> dict[str, Any]:
    columns = OF_KIND[Kind(row["kind"])]
    values = [(column, row["cells"].get(column, "")) for column in columns]
    return {**row, "values": [(column, value) for column, value in values if value]}
