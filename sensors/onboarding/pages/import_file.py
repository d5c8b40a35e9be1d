"""Choose a file of sites, people and boxes. It is looked through at once, and nothing is written."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from sensors.models import ImportRun
from sensors.onboarding.columns import OF_KIND, SHEETS, Column
from sensors.onboarding.limits import MOST_BYTES, MOST_ROWS
from sensors.onboarding.operations.prepare_import import FaultyRows, prepare_import
from sensors.onboarding.pages.customers import customer_to_import_for
from sensors.pages.signed_in import person_of
from tenants.models import Customer
from tenants.roles import Permission


class FileForm(forms.Form):
    file = forms.FileField(
        label="The file",
        help_text=f"CSV or XLSX, at most {MOST_ROWS:,} rows and {MOST_BYTES // 1024 // 1024} MiB.",
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    customer = customer_to_import_for(request, pk)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    faulty: FaultyRows | None = None
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("import-run", pk=_prepare(request, customer, form).pk)
        except FaultyRows as error:
            faulty = error
        except ValidationError as error:
            form.add_error("file", error)
    context = {
        "customer": customer,
        "form": form,
        "faulty": faulty,
        "open_run": ImportRun.objects.visible_to(person_of(request)).open().filter(customer=customer).first(),
        "kinds": [(SHEETS[kind], ", ".join(columns)) for kind, columns in OF_KIND.items()],
        "kind_column": Column.KIND,
        "may_invite": customer.permits(person_of(request), Permission.PERSON_MANAGE),
    }
    return render(request, "sensors/import_file.html", context, status=422 if form.errors or faulty else 200)


def _prepare(request: HttpRequest, customer: Customer, form: FileForm) -> ImportRun:
    """Raises ValidationError."""
    upload = form.cleaned_data["file"]
    return prepare_import(customer=customer, file=upload.file, file_name=upload.name, uploaded_by=person_of(request))
