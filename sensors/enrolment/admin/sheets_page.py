"""Install sheets for many boxes: says on GET who gets one, issues the codes on POST, and shows them this once.

Nothing of a code is kept, in the session or anywhere else. Loaded again, the page sends which codes were the newest
when it was opened; those that were issued since stay good, and none is shown.
"""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from sensors.enrolment.admin.code_page import known_of
from sensors.enrolment.operations.issue_enrolment_code import LIFETIME, newest_code
from sensors.enrolment.operations.issue_install_codes import MOST_SHEETS, issue_install_codes, why_no_sheet
from sensors.enrolment.qr_code import qr_code
from sensors.models import Sensor
from tenants.models import Person
from tenants.provider_admin import staff_of
from tenants.roles import Permission

COMMAND = "nsm-sensor enrol --portal {} --code-file -"


@never_cache
def sheets_page(request: HttpRequest) -> HttpResponse:
    """Of the sensors that are named, or of a site's. Raises PermissionDenied for staff who only look."""
    staff = staff_of(request)
    if not staff.permits_at_provider(Permission.ENROLMENT_CODE_ISSUE):
        raise PermissionDenied
    if request.method == "POST":
        return _sheets(request, staff, _named(staff, request.POST.getlist("sensor")))
    return choose_page(request, _of_site(staff, request.GET.get("site", "")))


def choose_page(request: HttpRequest, sensors: Sequence[Sensor], problem: str = "") -> HttpResponse:
    chosen = [(sensor, newest_code(sensor)) for sensor in sensors[:MOST_SHEETS] if not why_no_sheet(sensor)]
    context = admin.site.each_context(request) | {
        "title": "Install sheets",
        "chosen": chosen,
        "left_out": [(sensor, why) for sensor in sensors[:MOST_SHEETS] if (why := why_no_sheet(sensor))],
        "more": max(0, len(sensors) - MOST_SHEETS),
        "most": MOST_SHEETS,
        "problem": problem,
        "change_url": reverse("admin:sensors_sensor_changelist"),
    }
    return TemplateResponse(request, "admin/sensors/sheets_choose.html", context)


def _sheets(request: HttpRequest, staff: Person, sensors: Sequence[Sensor]) -> HttpResponse:
    newest = {str(sensor.pk): known_of(request, f"newest-{sensor.pk}") or 0 for sensor in sensors}
    try:
        issued = issue_install_codes(sensors=sensors, newest=newest, issued_by=staff.actor)
    except ValidationError as error:
        return choose_page(request, sensors, " ".join(error.messages))
    now = timezone.now()
    context = {
        "sheets": [(one.sensor, one.code, qr_code(one.code)) for one in issued if one.code],
        "left_out": [(one.sensor, one.why_not) for one in issued if one.why_not],
        "command": COMMAND.format(settings.BASE_URL),
        "issued_at": now,
        "ends_at": now + LIFETIME,
        "back": reverse("admin:sensors_sensor_changelist"),
    }
    return TemplateResponse(request, "admin/sensors/sheets.html", context)


def _of_site(staff: Person, site: str) -> Sequence[Sensor]:
    return list(_issuable(staff, [site], "site")[: MOST_SHEETS + 1])


def _named(staff: Person, keys: Sequence[str]) -> Sequence[Sensor]:
    return list(_issuable(staff, keys, "pk")[: MOST_SHEETS + 1])


def _issuable(staff: Person, keys: Sequence[str], column: str) -> QuerySet[Sensor]:
    permitted = Sensor.objects.permitting(staff, Permission.ENROLMENT_CODE_ISSUE)
    known = [key for key in keys if _is_key(key)]
    return (
        permitted.filter(**{f"{column}__in": known})
        .select_related("site__customer", "gateway")
        .order_by("site__customer__name", "site__name", "name")
    )


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
