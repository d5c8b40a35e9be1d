"""Add a note to a case."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from sensors.cases.operations.add_case_note import add_case_note
from sensors.models import Case
from sensors.pages.signed_in import person_of
from tenants.roles import Permission


class NoteForm(forms.Form):
    """Which notes are taken says `add_case_note`: here is what a browser is told of it."""

    callback_phone = forms.CharField(
        label="A phone number to reach you now",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    text = forms.CharField(
        label="What do you know?",
        help_text="Where and when it was last seen, the police's reference, who was there, that it was found.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form stands on the case's page. This one is for a note that was refused, and after signing in again."""
    person = person_of(request)
    cases = Case.objects.permitting(person, Permission.LOSS_REPORT)
    case = get_object_or_404(cases.with_reporter(), pk=pk)
    sent = request.POST if request.method == "POST" else None
    form = NoteForm(sent)
    if request.method == "POST" and form.is_valid():
        try:
            add_case_note(case=case, written_by=person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("text", error.messages)
        else:
            messages.success(request, "Your note is kept, and the others get it by mail.")
            return redirect("case", pk=pk)
    context = {"case": case, "sensor": case.sensor, "tell_form": form}
    return render(request, "sensors/case_note.html", context, status=422 if form.errors else 200)
