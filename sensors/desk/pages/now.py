"""The first page of a customer's people: all is well in one sentence, or what needs them, the most urgent first."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from sensors.desk.now_items import now_of
from sensors.models import Case
from sensors.pages.live import answer_live
from sensors.pages.signed_in import person_of
from tenants.models import Customer
from tenants.roles import Permission

EVERY = 15  # seconds


@require_safe
@login_required
def now(request: HttpRequest) -> HttpResponse:
    """Staff, who look after everybody's boxes, begin with what needs somebody at any customer."""
    person, moment = person_of(request), timezone.now()
    if person.is_staff:
        return redirect("overview")
    context = {
        "now": now_of(person, moment),
        "moment": moment,
        "may_report": Customer.objects.permitting(person, Permission.LOSS_REPORT).exists(),
        "open_cases": Case.objects.visible_to(person).open().count(),
    }
    return answer_live(request, page="sensors/now.html", part="sensors/_now_body.html", context=context, every=EVERY)
