"""Report a sensor lost or stolen: one page, one confirmation, works without JavaScript and however often it is sent."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sensors.cases.operations.report_loss import report_loss
from sensors.fleet.presenting import sensor_card
from sensors.fleet.queries import with_live_state
from sensors.models import Case, Sensor
from sensors.models.case import LossKind
from sensors.pages.signed_in import person_of
from sensors.pages.tiles import Tiles
from tenants.roles import Permission
from tenants.validators import validate_text


class ReportForm(forms.Form):
    kind = forms.ChoiceField(
        label="What happened?",
        help_text="If you are not sure, choose lost. Both are cut off in the same way.",
        choices=LossKind.choices,
        widget=Tiles(
            {
                LossKind.LOST: "It is not where it was, and nobody knows why.",
                LossKind.STOLEN: "Somebody has taken it, or broken in.",
            }
        ),
        error_messages={"required": "Say whether it is lost or stolen. Both are cut off in the same way."},
    )
    callback_phone = forms.CharField(
        label="A phone number to reach you now",
        max_length=40,
        required=False,
        validators=[validate_text],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    note = forms.CharField(
        label="Where and when was it last seen?",
        max_length=4000,
        required=False,
        validators=[validate_text],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    received_at = timezone.now()
    person = person_of(request)
    allowed = Sensor.objects.permitting(person, Permission.LOSS_REPORT)
    sensor = get_object_or_404(with_live_state(allowed), pk=pk)
    form = ReportForm(request.POST if request.method == "POST" else None, initial={"callback_phone": person.phone})
    if request.method == "POST" and form.is_valid() and (case := _file(request, sensor, form, received_at)):
        return redirect("case", pk=case.pk)
    # After the report, as one that is sent while a case is open says something, too: it is still missing.
    if open_case := Case.objects.filter(sensor=sensor, closed_at=None).first():
        return redirect("case", pk=open_case.pk)
    card = sensor_card(sensor)
    status = 422 if form.errors else 200
    return render(request, "sensors/report.html", {"form": form, "card": card, "sensor": sensor}, status=status)


def _file(request: HttpRequest, sensor: Sensor, form: ReportForm, received_at: datetime) -> Case | None:
    try:
        return report_loss(
            sensor=sensor,
            kind=form.cleaned_data["kind"],
            note=form.cleaned_data["note"],
            callback_phone=form.cleaned_data["callback_phone"],
            reported_by=person_of(request),
            received_at=received_at,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None
