from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from sensors.onboarding.pages.customers import customer_to_import_for
from sensors.onboarding.template_file import template_text, template_workbook

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@login_required
def template_csv(request: HttpRequest, pk: UUID) -> HttpResponse:
    customer = customer_to_import_for(request, pk)
    return _download(template_text(), "text/csv; charset=utf-8", f"{customer.slug}.csv")


@require_safe
@login_required
def template_xlsx(request: HttpRequest, pk: UUID) -> HttpResponse:
    customer = customer_to_import_for(request, pk)
    return _download(template_workbook(), _WORKBOOK, f"{customer.slug}.xlsx")


def _download(content: str | bytes, kind: str, name: str) -> HttpResponse:
    """`name` holds a customer's short name, which is a label."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
