"""Cases, and one of them: what has been done, what is still open and why, and where the box was seen."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sensors.cases.delivery_log import delivery_log
from sensors.cases.operations.request_closing import OUTCOMES
from sensors.cases.pages.case_note import NoteForm
from sensors.cases.pages.case_progress import Progress, case_progress
from sensors.fleet.queries import approval_of, closing_of
from sensors.models import Case
from sensors.pages.live import answer_live
from sensors.pages.searched_words import searched_words
from sensors.pages.signed_in import person_of
from tenants.roles import Permission

SIGHTINGS_SHOWN = 50
EVERY, EVERY_WHILE_CUTTING = 5, 1  # seconds


@require_safe
@login_required
def cases(request: HttpRequest) -> HttpResponse:
    found = Case.objects.visible_to(person_of(request)).with_reporter()
    if words := searched_words(request):
        found = found.matching(words)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "sensors/cases.html", {"page": page, "words": words})


@require_safe
@login_required
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_of(request)
    visible = Case.objects.visible_to(person)
    found = get_object_or_404(visible.with_reporter().select_related("sensor__gateway"), pk=pk)
    now = timezone.now()
    progress = case_progress(found, now)
    waiting = None if found.closed_at else closing_of(found, now)
    notes = list(found.notes.select_related("written_by"))
    asks_how_to_reach = not (found.closed_at or found.callback_phone or found.note or notes)
    sightings = found.sightings.select_related("gateway")
    context = {
        "case": found,
        "sensor": found.sensor,
        "progress": progress,
        "told": delivery_log(found, person),
        "sightings": sightings[:SIGHTINGS_SHOWN],
        "sightings_rows": sightings.count(),
        "sightings_count": sightings.aggregate(Sum("times"))["times__sum"],
        "notes": notes,
        "tell_form": NoteForm(initial={"callback_phone": person.phone if asks_how_to_reach else ""}),
        "asks_how_to_reach": asks_how_to_reach,
        "waiting": waiting,
        "closed_by": approval_of(found) if found.closed_at else None,
        "waiting_outcome": OUTCOMES[waiting.action] if waiting else None,
        "may_ask_to_close": found.sensor.customer.permits(person, Permission.CASE_CLOSE),
        "may_decide": found.sensor.customer.permits(person, Permission.LOSS_REPORT),
        "sources": sightings.order_by().values_list("source_address", flat=True).distinct()[:10],
    }
    return answer_live(
        request,
        page="sensors/case.html",
        part="sensors/_case_verdict.html",
        further="sensors/_case_details.html",
        context=context,
        every=EVERY if found.confirmed_at else EVERY_WHILE_CUTTING,
        announcement=_announcement(found, progress),
    )


def _announcement(case: Case, progress: Progress) -> str:
    if case.closed_at:
        return _("Closed: %(outcome)s.") % {"outcome": case.get_outcome_display()}
    if progress.confirmed_at:
        return _("Cut off.")
    done = sum(1 for step in progress.steps if step.done_at)
    return _("Being cut off: %(done)s of %(all)s steps done.") % {"done": done, "all": len(progress.steps)}
