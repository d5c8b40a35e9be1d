"""My sensors, and one of them."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from pki.models import Certificate
from sensors.fleet.presenting import sensor_card
from sensors.fleet.queries import with_live_state
from sensors.fleet.setup_in_force import setup_in_force
from sensors.keys.held_requests import held_request_of
from sensors.keys.pages.fleet_filters import Choices, CountedPages, chips_of, count_of, counts_of
from sensors.keys.standings.tally import TALLY
from sensors.keys.standings.wanted import find_sensors, read_wanted
from sensors.models import IN_ORDER, Case, KeyPermit, Sensor, Session
from sensors.pages.live import answer_live
from sensors.pages.signed_in import person_of
from tenants.models import Customer
from tenants.roles import Permission

PAGE_SIZE = 50
CASES_SHOWN = 20
EVERY = 5  # seconds


@require_safe
@login_required
def sensors(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    wanted, tally = read_wanted(request.GET, person), TALLY.get()
    customers = set(Customer.objects.permitting(person, Permission.SENSOR_VIEW).values_list("pk", flat=True))
    if wanted.customer:
        customers &= {wanted.customer.pk}
    counts = counts_of(wanted, tally, customers)
    found = find_sensors(wanted, person, tally=tally, now=now)
    # Which fifty first, and all that is shown of them afterwards: nothing is joined to rows that no page shows.
    keys = CountedPages(found.values_list("pk", flat=True), PAGE_SIZE, counted=count_of(wanted, counts))
    page = keys.get_page(request.GET.get("page"))
    shown = with_live_state(Sensor.objects.visible_to(person).filter(pk__in=list(page)).order_by(*IN_ORDER))
    open_cases = Case.objects.visible_to(person).open()
    context = {
        "page": page,
        "cards": [sensor_card(sensor) for sensor in shown],
        "now": now,
        "wanted": wanted,
        "chips": chips_of(wanted, counts),
        "address": wanted.address(),
        "choices": Choices(person, wanted),
        "several_customers": len(customers) > 1,
        "may_report_for": set(Customer.objects.permitting(person, Permission.LOSS_REPORT).values_list("pk", flat=True)),
        "open_cases": open_cases.select_related("sensor__site__customer")[:CASES_SHOWN],
        "cutting": open_cases.unconfirmed().exists(),
    }
    return answer_live(
        request, page="sensors/sensors.html", part="sensors/_sensor_list.html", context=context, every=EVERY
    )


@require_safe
@login_required
def sensor(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_of(request)
    found = get_object_or_404(with_live_state(Sensor.objects.visible_to(person)), pk=pk)
    now = timezone.now()
    ended = Session.objects.filter(sensor=found).exclude(ended_at=None).order_by("-ended_at")
    latest = ended.first()
    context = {
        "card": sensor_card(found, last_ended=latest.ended_at if latest else None),
        "sensor": found,
        "setup": setup_in_force(found),
        "certificate": Certificate.objects.of_subject(found.subject).not_revoked().order_by("-not_after").first(),
        "releases": found.releases.order_by("-at")[:10],
        "past_sessions": ended[:10],
        "may_report": Sensor.objects.permitting(person, Permission.LOSS_REPORT).filter(pk=pk).exists(),
        "now": now,
        "held": held_request_of(found),
        "permit": KeyPermit.objects.filter(sensor=found).usable(now).select_related("permitted_by").first(),
        "may_permit": Sensor.objects.permitting(person, Permission.DISK_KEY_PERMIT).filter(pk=pk).exists(),
        "past_cases": Case.objects.filter(sensor=found).exclude(closed_at=None)[:10],
    }
    return answer_live(
        request, page="sensors/sensor.html", part="sensors/_sensor_body.html", context=context, every=EVERY
    )
