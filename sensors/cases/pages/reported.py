"""What became of several boxes that were reported at once: each as it is now, also after a reload."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sensors.cases.pages.report_form import boxes_named
from sensors.fleet.presenting import sensor_card
from sensors.fleet.queries import with_live_state
from sensors.pages.live import answer_live
from sensors.pages.signed_in import person_of

EVERY = 2  # seconds


@require_safe
@login_required
def reported(request: HttpRequest) -> HttpResponse:
    """The address names boxes and sites, of which the person sees their own. Nothing is taken from it as true."""
    person = person_of(request)
    cards = [sensor_card(sensor) for sensor in with_live_state(boxes_named(request.GET, person))]
    if not cards:
        return redirect("sensors")
    cut = sum(1 for card in cards if card.case and card.case.confirmed_at)
    missing = sum(1 for card in cards if not card.case)
    context = {"cards": cards, "cut": cut, "missing": missing, "cutting": len(cards) - cut - missing}
    announcement = _("%(cut)s of %(all)s cut off.") % {"cut": cut, "all": len(cards)}
    return answer_live(
        request,
        page="sensors/reported.html",
        part="sensors/_reported_body.html",
        context=context,
        every=EVERY,
        announcement=announcement,
    )
