"""A box that is held: look at where it asks from, then let it have its key there once, or do not."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from sensors.fleet.presenting import sensor_card
from sensors.fleet.queries import with_live_state
from sensors.keys.held_requests import held_request_of
from sensors.keys.operations.permit_release import LIFETIME, permit_release, why_not_second_person
from sensors.models import Sensor
from sensors.pages.signed_in import person_of
from tenants.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def held_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_of(request)
    permitted = Sensor.objects.permitting(person, Permission.DISK_KEY_PERMIT)
    sensor = get_object_or_404(with_live_state(permitted), pk=pk)
    problem = ""
    if request.method == "POST":
        try:
            permit_release(sensor=sensor, public_address=request.POST.get("public_address", ""), permitted_by=person)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            return redirect("sensor", pk=pk)
    code = sensor.unconfirmed_code
    context = {
        "sensor": sensor,
        "card": sensor_card(sensor),
        "held": held_request_of(sensor),
        "code": code,
        "enrolled_anew": code is not None,
        "why_not": why_not_second_person(code=code, person=person) if code else "",
        "problem": problem,
        "delay": sensor.customer.change_delay // timedelta(minutes=1),
        "minutes": LIFETIME // timedelta(minutes=1),
    }
    return render(request, "sensors/held_key.html", context, status=409 if problem else 200)
