"""Add a note to a case."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from sensors.cases.operations.add_case_note import add_case_note
from sensors.models import Case
from sensors.pages.signed_in import person_of
from tenants.models import Person
from tenants.roles import Permission


class NoteForm(forms.Form):
    """Which notes are taken says `add_case_note`: here is what a browser is told of it."""

    callback_phone = forms.CharField(
        label=_("A phone number to reach you now"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    text = forms.CharField(
        label=_("What do you know?"),
        help_text=_("Where and when it was last seen, the police's reference, who was there, that it was found."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def case_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form stands on the case's page. This one is for a note that was refused, and after signing in again."""
    if not request.user.is_authenticated:
        return _signed_out(request, pk)
    person = person_of(request)
    case = _case(person, pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_case_note(case=case, written_by=person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("text", error.messages)
        else:
            messages.success(request, _("Your note is kept, and the others get it by mail."))
            return redirect("case", pk=pk)
    return _page(request, case, form, status=422 if form.errors else 200)


def refuse_unsent_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page again, with all that was typed: for a form whose token is not good. Nothing was kept."""
    if not request.user.is_authenticated:
        return _signed_out(request, pk)
    return _page(request, _case(person_of(request), pk), NoteForm(request.POST), status=403, unsent=True)


def _signed_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was typed stays in the browser, not in an address or a session. Of the case nothing is said."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    context = {
        "tell_form": NoteForm(request.POST),
        "pk": pk,
        "sign_in": redirect_to_login(reverse("case", args=[pk])).url,
    }
    return render(request, "sensors/case_note_signed_out.html", context, status=403)


def _case(person: Person, pk: UUID) -> Case:
    cases = Case.objects.permitting(person, Permission.LOSS_REPORT)
    return get_object_or_404(cases.with_reporter(), pk=pk)


def _page(request: HttpRequest, case: Case, form: NoteForm, *, status: int, unsent: bool = False) -> HttpResponse:
    context = {"case": case, "sensor": case.sensor, "tell_form": form, "unsent": unsent}
    return render(request, "sensors/case_note.html", context, status=status)
