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

    text = forms.CharField(
        label="What do you know?",
        help_text="Where it was seen, the police's reference, who was there, that it was found. It stays in the "
        "case, with your name and the time.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 4000, "required": True}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page of its own: on the case's page, which keeps itself up to date, half a note would be lost."""
    person = person_of(request)
    cases = Case.objects.permitting(person, Permission.LOSS_REPORT)
    case = get_object_or_404(cases.select_related("sensor__site__customer", "reported_by"), pk=pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_case_note(case=case, text=form.cleaned_data["text"], written_by=person)
        except ValidationError as error:
            form.add_error("text", error.messages)
        else:
            messages.success(request, "Your note is kept, and the others get it by mail.")
            return redirect("case", pk=pk)
    context = {"case": case, "sensor": case.sensor, "form": form}
    return render(request, "sensors/case_note.html", context, status=422 if form.errors else 200)
