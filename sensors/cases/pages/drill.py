"""Rehearse a loss report: the same choices and the same button, and nothing is cut off.

Who has done it once in daylight does it at three in the morning. What would hold a cut-off up is seen beforehand.
"""

import time
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from limits.budget import Budget
from limits.spending import OutOfBudget, spend
from sensors.cases.operations.rehearse_report import rehearse_report
from sensors.cases.pages.drill_outcome import told_of
from sensors.cases.pages.report_choices import choices_for
from sensors.cases.pages.report_form import ReportForm, as_query, boxes_named
from sensors.fleet.cut_off_readiness import Ready
from sensors.fleet.presenting import sensor_card
from sensors.fleet.queries import with_live_state
from sensors.pages.signed_in import person_of
from tenants.models import Customer, Person
from tenants.roles import Permission

# Each leaves a row in the audit trail: no account fills it for the others.
REHEARSED_BY_PERSON = Budget("drill:person", burst=20, refill=300)
TOO_MANY = _("You have rehearsed often just now. Wait some minutes. A real report is never held up by this.")
LONGEST = 3600  # seconds: who takes longer was away from the page
_SALT = "sensors.drill"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def drill(request: HttpRequest) -> HttpResponse:
    """Raises Http404 for who may report nothing anywhere."""
    if not request.user.is_authenticated:
        kept = as_query(request.POST) if request.method == "POST" else request.GET.urlencode()
        return redirect_to_login(f"{request.path}?{kept}" if kept else request.path)
    person = person_of(request)
    if not Customer.objects.permitting(person, Permission.LOSS_REPORT).exists():
        raise Http404
    if request.method != "POST" or "find" in request.POST:
        return _page(request, person)
    form = ReportForm(request.POST, person=person, only=None)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    try:
        spend(REHEARSED_BY_PERSON.of(str(person.pk)))
    except OutOfBudget:
        form.add_error(None, TOO_MANY)
        return _page(request, person, form, status=429)
    seconds = _seconds_since(request.POST.get("begun", ""))
    rehearse_report(sensors=form.chosen(), kind=form.cleaned_data["kind"], rehearsed_by=person, seconds=seconds)
    named = [("sensor", each.pk) for each in form.cleaned_data["sensor"]]
    sites = [("site", each.pk) for each in form.cleaned_data["site"]]
    took = [] if seconds is None else [("took", seconds)]
    return redirect(f"{reverse('drill-done')}?{urlencode([*sites, *named, *took])}")


@require_safe
@login_required
def rehearsed(request: HttpRequest) -> HttpResponse:
    """What would have happened. The address names boxes, of which the person sees those that they may report."""
    person = person_of(request)
    cards = [sensor_card(sensor) for sensor in with_live_state(boxes_named(request.GET, person))]
    if not cards:
        return redirect("drill")
    took = request.GET.get("took", "")
    context = {
        "cards": cards,
        "held_up": sum(1 for card in cards if card.readiness.ready is Ready.LATER),
        "told": told_of(cards),
        "took": int(took) if took.isascii() and took.isdigit() and len(took) < 5 else None,
    }
    return render(request, "sensors/drill_done.html", context)


def _page(request: HttpRequest, person: Person, form: ReportForm | None = None, *, status: int = 200) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    form = form or ReportForm(None, person=person, only=None)
    if not form.is_bound:
        form.initial["kind"] = sent.get("kind")
    begun = request.POST.get("begun", "")
    context = {
        "form": form,
        "choices": choices_for(person, sent, None),
        # Kept while somebody looks for a box: all of that is part of the time that a report takes.
        "begun": begun if _seconds_since(begun) is not None else signing.dumps(int(time.time()), salt=_SALT),
    }
    return render(request, "sensors/drill.html", context, status=status)


def _seconds_since(begun: str) -> int | None:
    """Whole seconds since this server wrote `begun`; None for what it did not write, or long ago."""
    try:
        since = int(time.time()) - int(signing.loads(begun, salt=_SALT, max_age=LONGEST))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return since if 0 <= since <= LONGEST else None
