"""Close a case: one asks here; whether another agrees is decided on the page of decisions."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sensors.cases.operations.request_closing import request_closing
from sensors.fleet.queries import closing_of
from sensors.models import Case, CaseOutcome
from sensors.pages.signed_in import person_of
from sensors.pages.tiles import Tiles
from tenants.roles import Permission
from tenants.validators import validate_text


class ClosingForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What is to become of it?",
        choices=CaseOutcome.choices,
        widget=Tiles(
            {
                CaseOutcome.GIVEN_BACK: "It was out of our hands and is to serve again. It enrols again; the old "
                "key to its recordings is never given out again, so its disk is formatted again.",
                CaseOutcome.FALSE_ALARM: "It never left our hands. It enrols again and then gets the key to its "
                "recordings again.",
                CaseOutcome.WRITTEN_OFF: "It does not come back. The key to its recordings is destroyed for good "
                "and the sensor retired.",
            }
        ),
        error_messages={"required": "Say what is to become of it."},
    )
    reason = forms.CharField(
        label="What was found, and who has looked at it?",
        help_text="Seal, disk and serial number, where it was and with whom. The one who has to agree reads this.",
        max_length=1000,
        validators=[validate_text],
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why. The one who has to agree reads only this."},
    )
    typed_name = forms.CharField(
        label="To write it off, type the sensor's name",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: object, sensor_name: str) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # Django's
        self._sensor_name = sensor_name

    def clean_typed_name(self) -> str:
        typed = str(self.cleaned_data["typed_name"]).strip()
        if self.cleaned_data.get("outcome") == CaseOutcome.WRITTEN_OFF and typed != self._sensor_name:
            raise ValidationError(f"Its key would be destroyed for good. Type {self._sensor_name} if you mean it.")
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def closing(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_of(request)
    cases = Case.objects.permitting(person, Permission.LOSS_REPORT).with_reporter()
    case = get_object_or_404(cases, pk=pk)
    if waiting := closing_of(case, timezone.now()):
        return redirect("decision", pk=waiting.pk)
    if case.closed_at or not case.confirmed_at or not case.sensor.customer.permits(person, Permission.CASE_CLOSE):
        return redirect("case", pk=case.pk)
    form = ClosingForm(request.POST if request.method == "POST" else None, sensor_name=case.sensor.name)
    if request.method == "POST" and form.is_valid():
        try:
            request_closing(
                case=case,
                outcome=CaseOutcome(form.cleaned_data["outcome"]),
                reason=form.cleaned_data["reason"],
                requested_by=person,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("case", pk=case.pk)
    context = {"case": case, "sensor": case.sensor, "form": form}
    return render(request, "sensors/closing_ask.html", context, status=422 if form.errors else 200)
