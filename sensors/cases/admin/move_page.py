"""The page on which a box goes to another site or gateway: says what follows, and asks a second person where due."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from sensors.cases.operations.move_sensor import move_sensor, why_two_people
from sensors.cases.operations.request_move import request_move
from sensors.models import Gateway, Sensor
from tenants.models import Person, Site
from tenants.provider_admin import staff_of

CONSEQUENCES = (
    "Another site: the box keeps its tunnel. Its customer's people are told; what is expected there counts once they "
    "have had their time to object. Until then the box goes on recording, but after a restart its key is held.",
    "Another gateway: the box loses its tunnel at once and cannot find the other gateway by itself, since its way into "
    "the tunnel is sealed for one gateway. Give it a new code and run nsm-sensor enrol --again on it; its key is then "
    "held until a second person has looked. Its address in the underlay changes, too.",
    "It never goes to another customer: retire it, and register it there.",
)


class MoveForm(forms.Form):
    site = forms.ModelChoiceField(Site.objects.none(), widget=UnfoldAdminSelectWidget())
    gateway = forms.ModelChoiceField(Gateway.objects.none(), widget=UnfoldAdminSelectWidget())
    reason = forms.CharField(
        label="Why?",
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Needed where a second person has to agree: by this customer's policy, or where the other site "
        "expects networks that are wide or not public. They read it.",
    )

    def __init__(self, data: Any, *, sensor: Sensor, staff: Person) -> None:
        super().__init__(data, initial={"site": sensor.site_id, "gateway": sensor.gateway_id})
        own = Site.objects.visible_to(staff).filter(customer=sensor.customer).select_related("customer")
        serving = Gateway.objects.visible_to(staff).filter(Q(revoked_at=None) | Q(pk=sensor.gateway_id))
        self.fields["site"].queryset = own.order_by("name")  # type: ignore[attr-defined]  # a field of choices has one
        self.fields["gateway"].queryset = serving.order_by("name")  # type: ignore[attr-defined]


def move_page(request: HttpRequest, sensor: Sensor) -> HttpResponse:
    """For who may manage `sensor`, as the caller has made sure."""
    staff, page = staff_of(request), reverse("admin:sensors_sensor_change", args=[sensor.pk])
    form = MoveForm(request.POST if request.method == "POST" else None, sensor=sensor, staff=staff)
    if request.method == "POST" and form.is_valid():
        try:
            return _moved(request, sensor, form, page)
        except ValidationError as error:
            form.add_error(None, error.messages)
    context = admin.site.each_context(request) | {
        "title": f"Move {sensor}",
        "form": form,
        "consequences": CONSEQUENCES,
        "button": "Move",
        "change_url": page,
    }
    return TemplateResponse(request, "admin/sensors/form.html", context)


def _moved(request: HttpRequest, sensor: Sensor, form: MoveForm, page: str) -> HttpResponse:
    staff = staff_of(request)
    site, gateway, reason = (form.cleaned_data[name] for name in ("site", "gateway", "reason"))
    if reason and why_two_people(sensor=sensor, site=site):
        asked = request_move(sensor=sensor, site=site, gateway=gateway, reason=reason, requested_by=staff)
        messages.success(request, "Another person has to agree before it counts. People are told.")
        return redirect(reverse("decision", args=[asked.pk]))
    moved = move_sensor(sensor=sensor, site=site, gateway=gateway, moved_by=staff.actor)
    needs_code = " It needs a new code to come into the tunnel again." if gateway.pk != sensor.gateway_id else ""
    words = f"{moved} is at {moved.site.name}, gateway {moved.gateway}. Its customer's people are told.{needs_code}"
    messages.success(request, words)
    return redirect(page)
