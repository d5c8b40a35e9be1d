"""Report boxes lost or stolen: which, how, cut off. One page, works without JavaScript and however often it is sent.

What else the provider wants to know is asked afterwards, on the case's page: the cut does not wait for words.
"""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sensors.cases.operations.report_losses import report_losses
from sensors.cases.pages.report_choices import choices_for
from sensors.cases.pages.report_form import ReportForm, as_query
from sensors.fleet.presenting import sensor_card
from sensors.fleet.queries import with_live_state
from sensors.models import Case, Sensor
from sensors.pages.signed_in import person_of
from tenants.models import Customer, Person
from tenants.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """With `pk` of that box, and of others of its site; without, of any that the person may report."""
    received_at = timezone.now()
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    person = person_of(request)
    only = _box(person, pk)
    # "Find" is a button of the same form, so that what was chosen stays; it comes first, for who presses Enter.
    if request.method == "POST" and "find" not in request.POST:
        form = ReportForm(request.POST, person=person, only=only)
        # Also while a case is open: who sends it again says that it is still missing.
        if form.is_valid():
            return _file(request, form, only, received_at)
        return _page(request, person, only, form, status=422)
    if only and (case := Case.objects.filter(sensor=only, closed_at=None).first()):
        return redirect("case", pk=case.pk)
    return _page(request, person, only)


def refuse_unsent(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """The page again, with all that was chosen: for a form whose token is not good. Nothing was reported."""
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    person = person_of(request)
    return _page(request, person, _box(person, pk), status=403, unsent=True)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """A session that ended while somebody chose: what was chosen goes along, and is there after signing in."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    messages.error(request, _("NOT reported yet: you were signed out meanwhile. Sign in, then confirm once more."))
    return redirect_to_login(f"{request.path}?{as_query(request.POST, unsent='1')}")


def _box(person: Person, pk: UUID | None) -> Sensor | None:
    if pk:
        allowed = Sensor.objects.permitting(person, Permission.LOSS_REPORT)
        return get_object_or_404(with_live_state(allowed), pk=pk)
    if not Customer.objects.permitting(person, Permission.LOSS_REPORT).exists():
        raise Http404
    return None


def _file(request: HttpRequest, form: ReportForm, only: Sensor | None, received_at: datetime) -> HttpResponse:
    """To the case, or to what became of each."""
    person = person_of(request)
    told = report_losses(
        sensors=form.chosen(), kind=form.cleaned_data["kind"], reported_by=person, received_at=received_at
    )
    cases = [each.case for each in told if each.case]
    refusals = [each.refusal for each in told if not each.case]
    if len(told) == 1 and cases:
        return redirect("case", pk=cases[0].pk)
    if not cases:
        for refusal in refusals:
            form.add_error(None, refusal)
        return _page(request, person, only, form, status=422)
    for refusal in refusals:
        messages.error(request, refusal)
    named = [("sensor", each.pk) for each in form.cleaned_data["sensor"]] + ([("sensor", only.pk)] if only else [])
    sites = [("site", each.pk) for each in form.cleaned_data["site"]]
    return redirect(f"{reverse('reported')}?{urlencode([*sites, *named])}")


def _page(
    request: HttpRequest,
    person: Person,
    only: Sensor | None,
    form: ReportForm | None = None,
    *,
    status: int = 200,
    unsent: bool = False,
) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    form = form or ReportForm(None, person=person, only=only)
    if not form.is_bound:
        form.initial["kind"] = sent.get("kind")
    context = {
        "form": form,
        "only": only,
        "sensor": only,
        "card": sensor_card(only) if only else None,
        "choices": choices_for(person, sent, only),
        "unsent": unsent or "unsent" in sent,
    }
    answer = render(request, "sensors/report.html", context, status=status)
    # Going back after a report asks again, and is led to the case.
    add_never_cache_headers(answer)
    return answer
