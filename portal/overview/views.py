"""The first page of the provider's staff."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.overview.exceptions import FACTS, needs_of
from sensors.keys.pages.fleet_filters import chips_of
from sensors.keys.standings.kinds import Standing
from sensors.keys.standings.tally import TALLY, sensors_in
from sensors.keys.standings.wanted import NOTHING_WANTED
from sensors.pages.live import answer_live
from sensors.pages.signed_in import person_of
from tenants.models import Customer
from tenants.roles import Permission

EVERY = 10  # seconds


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """For everybody else there is no such page."""
    person, now = person_of(request), timezone.now()
    if not person.provider_roles():
        raise Http404
    tally = TALLY.get()
    customers = set(Customer.objects.permitting(person, Permission.SENSOR_VIEW).values_list("pk", flat=True))
    counts = tally.of(customers=customers)
    context = {
        "needs": needs_of(person, facts=FACTS.get(), tally=tally, counts=counts, now=now),
        "chips": [replace(chip, chosen=False) for chip in chips_of(NOTHING_WANTED, counts)],
        "connected": counts[Standing.CONNECTED],
        "sensors": sensors_in(counts),
        "now": now,
    }
    return answer_live(
        request, page="overview/overview.html", part="overview/_needs.html", context=context, every=EVERY
    )
