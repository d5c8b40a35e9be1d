"""Close a case: one asks, another agrees, anybody who may report objects. One page, works without JavaScript."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.request_closing import OUTCOMES, request_closing
from sensors.fleet.queries import closing_of
from sensors.models import Case, CaseOutcome
from sensors.pages.signed_in import person_of
from sensors.pages.tiles import Tiles
from tenants.models import Approval, Person
from tenants.operations.check_standing import why_not
from tenants.operations.decide_approval import refuse_approval
from tenants.roles import Permission
from tenants.validators import validate_text


class ClosingForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What is to become of it?",
        choices=CaseOutcome.choices,
        widget=Tiles(
            {
                CaseOutcome.GIVEN_BACK: "It was out of our hands and is to serve again. It enrols anew; the old "
                "key to its recordings is never given out again, so its disk is formatted anew.",
                CaseOutcome.FALSE_ALARM: "It never left our hands. It enrols anew and then gets the key to its "
                "recordings again.",
                CaseOutcome.WRITTEN_OFF: "It does not come back. The key to its recordings is destroyed for good "
                "and the sensor retired.",
            }
        ),
        error_messages={"required": "Say what is to become of it."},
    )
    reason = forms.CharField(
        label="What was found, and who has looked at it?",
        help_text="Seal, disk and serial number, where it was and with whom. Whoever has to agree reads this.",
        max_length=1000,
        validators=[validate_text],
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why. Whoever has to agree reads only this."},
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
    cases = Case.objects.permitting(person, Permission.LOSS_REPORT).select_related(
        "sensor__site__customer", "reported_by"
    )
    case = get_object_or_404(cases, pk=pk)
    waiting = closing_of(case, timezone.now())
    may_ask = case.sensor.customer.permits(person, Permission.CASE_CLOSE)
    if case.closed_at or not case.confirmed_at or not (waiting or may_ask):
        return redirect("case", pk=case.pk)
    context: dict[str, object] = {
        "case": case,
        "sensor": case.sensor,
        "waiting": waiting,
        "own": waiting is not None and waiting.requested_by_id == person.pk,
        "may_agree": case.sensor.customer.permits(person, Permission.APPROVAL_GIVE),
    }
    if waiting is None:
        return _ask(request, case, person, context)
    if context["may_agree"] and not context["own"]:
        context["why_not"] = why_not(person=person, asked_at=waiting.requested_at)
    return _decide(request, case, waiting, context)


def _ask(request: HttpRequest, case: Case, person: Person, context: dict[str, object]) -> HttpResponse:
    sent = request.POST if request.method == "POST" and request.POST.get("do") == "ask" else None
    form = ClosingForm(sent, sensor_name=case.sensor.name)
    if sent is not None and form.is_valid():
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
    # A decision about a request that is no longer there: what is there now is shown.
    overtaken = request.method == "POST" and sent is None
    status = 422 if form.errors else 409 if overtaken else 200
    return render(request, "sensors/closing_ask.html", {**context, "form": form, "overtaken": overtaken}, status=status)


def _decide(request: HttpRequest, case: Case, waiting: Approval, context: dict[str, object]) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            _carry_out(request, case, waiting)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            return redirect("case", pk=case.pk)
    context |= {"waiting_outcome": OUTCOMES[waiting.action], "problem": problem}
    return render(request, "sensors/closing_decide.html", context, status=409 if problem else 200)


def _carry_out(request: HttpRequest, case: Case, waiting: Approval) -> None:
    """The form names the request that was read: another one that has taken its place meanwhile is not decided."""
    if request.POST.get("approval") != str(waiting.pk):
        raise ValidationError("Somebody has asked for this meanwhile. Read it, then decide.")
    if request.POST.get("do") == "agree":
        close_case(case=case, approval=waiting.pk, approved_by=person_of(request))
    elif request.POST.get("do") == "refuse":
        refuse_approval(approval=waiting.pk, about=case.about, refused_by=person_of(request))
    else:
        raise ValidationError("Say whether you agree.")
