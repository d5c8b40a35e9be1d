"""Add a note to a case."""

from uuid import UUID

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


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page of its own: on the case's page, which keeps itself up to date, half a note would be lost."""
    person = person_of(request)
    cases = Case.objects.permitting(person, Permission.LOSS_REPORT)
    case = get_object_or_404(cases.select_related("sensor__site__customer", "reported_by"), pk=pk)
    text, problem = request.POST.get("text", ""), ""
    if request.method == "POST":
        try:
            add_case_note(case=case, text=text, written_by=person)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, "Your note is kept, and the others get it by mail.")
            return redirect("case", pk=pk)
    context = {"case": case, "sensor": case.sensor, "text": text, "problem": problem}
    return render(request, "sensors/case_note.html", context, status=422 if problem else 200)
