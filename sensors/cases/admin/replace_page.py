"""The page on which a broken box makes way for another one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from sensors.cases.operations.replace_sensor import replace_sensor
from sensors.models import Sensor
from tenants.provider_admin import staff_of


class ReplaceForm(forms.Form):
    hardware_serial = forms.CharField(
        label="Serial number of the new box",
        required=False,
        max_length=60,
        validators=Sensor._meta.get_field("hardware_serial").validators[:1],
        widget=UnfoldAdminTextInputWidget(),
    )


def replace_page(request: HttpRequest, sensor: Sensor) -> HttpResponse:
    """For who may manage `sensor`, as the caller has made sure."""
    form = ReplaceForm(request.POST if request.method == "POST" else None)
    page = reverse("admin:sensors_sensor_change", args=[sensor.pk])
    if request.method == "POST" and form.is_valid():
        try:
            new = replace_sensor(sensor=sensor, replaced_by=staff_of(request).actor, **form.cleaned_data)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(page)
        messages.success(
            request, f"The old box is retired. {new} is registered in its place: it needs a code to enrol."
        )
        return redirect(reverse("admin:sensors_sensor_code", args=[new.pk]))
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": f"Replace {sensor}",
        "form": form,
        "consequences": [
            f"The box that is {sensor} of {sensor.customer} now is retired for good: its certificates are revoked, its "
            "tunnel ends, its address rests. It is kept under another name, for the audit trail.",
            "It never gets the key of its disk again. What is recorded on it can then be read by nobody, nor brought "
            "over to the new box: take what you need first.",
            f"A new sensor {sensor} is registered at {sensor.site.name}, with the same description and facts for "
            "Security Onion's setup. Its address, code, certificate and disk key are its own.",
            "If the box was lost or stolen, report it instead: then its gateway has to confirm that it is cut off.",
        ],
        "button": "Retire the old box and register the new one",
        "change_url": page,
    }
    return TemplateResponse(request, "admin/sensors/form.html", context)
