from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import action

from sensors.artifacts.operations.gather_facts import setup_lines
from sensors.cases.admin.move_page import move_page
from sensors.cases.admin.replace_page import replace_page
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.admin.code_page import code_page
from sensors.enrolment.admin.sheets_page import choose_page, sheets_page
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code, newest_code
from sensors.enrolment.operations.issue_install_codes import MOST_SHEETS
from sensors.enrolment.operations.request_sensor_code import request_sensor_code
from sensors.fleet.operations.edit_sensor import edit_sensor
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.models import Sensor
from tenants.confirm_page import confirm_page
from tenants.form_fields import SETUP_FIELDS, SETUP_HEADING, LinesField, changed_setup, home_networks_field
from tenants.provider_admin import ProviderAdmin, staff_of
from tenants.roles import Permission

DESCRIPTION = ("name", "description", "hardware_serial")
WHY_NOT_HERE = (
    "Site and gateway change by Move, above, since a box's key rests on them. The state follows from what happens to "
    "the box: it enrols, is reported, is retired. The subject is its name in certificates and stays for good; the "
    "address is its own for as long as it has its gateway."
)
SETUP = ("line", "sniffing_interfaces", *SETUP_FIELDS)


class SensorForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    sniffing_interfaces = LinesField(required=False, help_text=Sensor._meta.get_field("sniffing_interfaces").help_text)
    home_networks = home_networks_field(else_from="as the page of its site says, or else its customer's")

    class Meta:
        model = Sensor
        fields = ("site", "gateway", *DESCRIPTION, *SETUP)


@admin.register(Sensor)
class SensorAdmin(ProviderAdmin):
    read_on_record = False
    form = SensorForm
    list_display = ("name", "customer", "site", "state", "gateway", "underlay_address", "registered_at")
    list_filter = ("state", "gateway", "site__customer")
    list_select_related = ("site__customer", "gateway", "underlay_address")
    search_fields = ("name", "description", "hardware_serial", "subject", "site__name", "site__customer__name")
    autocomplete_fields = ("site",)
    actions = ("print_sheets",)
    actions_detail = ("to_code_page", "to_sheets", "to_live_page", "to_move_page", "to_replace_page", "to_retire_page")

    def get_fieldsets(self, request: HttpRequest, obj: Sensor | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("site", "gateway", *DESCRIPTION)}), (SETUP_HEADING, {"fields": SETUP})]
        facts = ("site", "gateway", "state", "subject", "underlay_address", "registered_at")
        return [
            (None, {"fields": DESCRIPTION}),
            (SETUP_HEADING, {"fields": (*SETUP, "setup_counts", "setup_files")}),
            ("As it is", {"fields": facts, "description": WHY_NOT_HERE}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Sensor | None = None) -> tuple[str, ...]:
        facts = ("site", "gateway", "state", "subject", "underlay_address", "registered_at")
        return (*facts, "setup_counts", "setup_files") if obj else ()

    @admin.display(description="what counts")
    def setup_counts(self, sensor: Sensor) -> SafeString:
        return format_html_join(mark_safe("<br>"), "{}", ([line] for line in setup_lines(sensor)))

    @admin.display(description="files")
    def setup_files(self, sensor: Sensor) -> SafeString:
        names = ("so-worksheet.txt", "manager-firewall.txt", *(("sosetup.conf",) if sensor.line == "classic" else ()))
        links = [(reverse("api-artifact", args=[sensor.pk, name]), name) for name in names]
        return format_html_join(mark_safe("<br>"), '<a class="text-link" href="{}">{}</a>', links)

    def save_model(self, request: HttpRequest, obj: Sensor, form: Any, change: bool) -> None:  # noqa: FBT001
        actor, values = staff_of(request).actor, form.cleaned_data
        if not change:
            new = {name: values[name] for name in ("site", "gateway", "line", *DESCRIPTION)}
            obj.pk = register_sensor(**new, registered_by=actor).pk
        # The line of a sensor that is new stands in its registration.
        if changes := changed_setup(form, (*DESCRIPTION, *SETUP) if change else SETUP[1:]):
            edit_sensor(sensor=obj, changes=changes, edited_by=actor)

    @action(description="Enrolment code", url_path="to-code")  # type: ignore[untyped-decorator]
    def to_code_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../code/")

    @action(description="Sheets of its site", url_path="to-sheets")  # type: ignore[untyped-decorator]
    def to_sheets(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Raises Http404."""
        try:
            sensor = get_object_or_404(Sensor.objects.visible_to(staff_of(request)), pk=object_id)
        except ValidationError:  # a key that is none
            raise Http404 from None
        return redirect(f"{reverse('admin:sensors_sensor_sheets')}?site={sensor.site_id}")

    @admin.action(description="Install sheets with codes", permissions=["change"])
    def print_sheets(self, request: HttpRequest, sensors: QuerySet[Sensor]) -> HttpResponse:
        return choose_page(request, list(sensors.select_related("site__customer", "gateway")[: MOST_SHEETS + 1]))

    @action(description="Live page", url_path="to-live")  # type: ignore[untyped-decorator]
    def to_live_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Raises Http404 for a key that is none."""
        try:
            return redirect(reverse("sensor", args=[object_id]))
        except NoReverseMatch:
            raise Http404 from None

    @action(description="Move", url_path="to-move")  # type: ignore[untyped-decorator]
    def to_move_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../move/")

    @action(description="Replace", url_path="to-replace")  # type: ignore[untyped-decorator]
    def to_replace_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../replace/")

    @action(description="Retire", url_path="to-retire")  # type: ignore[untyped-decorator]
    def to_retire_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../retire/")

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()
        sheets = self.admin_site.admin_view(sheets_page)
        own = {"code": self.code_page, "move": self.move_page, "replace": self.replace_page, "retire": self.retire_page}
        return [
            path("sheets/", sheets, name="sensors_sensor_sheets"),
            *(
                path(f"<uuid:pk>/{name}/", self.admin_site.admin_view(page), name=f"sensors_sensor_{name}")
                for name, page in own.items()
            ),
            *urls,
        ]

    def code_page(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        person, sensor = staff_of(request), self._permitted(request, pk, Permission.ENROLMENT_CODE_ISSUE)
        return code_page(
            request,
            machine=sensor,
            change_url=reverse("admin:sensors_sensor_change", args=[pk]),
            newest=newest_code(sensor),
            issue=lambda known: issue_sensor_code(sensor=sensor, issued_by=person.actor, after=known),
            ask=(lambda reason: request_sensor_code(sensor=sensor, reason=reason, requested_by=person))
            if sensor.customer.two_people_for_changes
            else None,
        )

    def move_page(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return move_page(request, self._permitted(request, pk, Permission.SENSOR_MANAGE))

    def replace_page(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return replace_page(request, self._permitted(request, pk, Permission.SENSOR_MANAGE))

    def retire_page(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        sensor = self._permitted(request, pk, Permission.SENSOR_MANAGE)

        def retire(_reason: str) -> str:
            retire_sensor(sensor=sensor, retired_by=staff_of(request).actor)
            return f"{sensor} is retired."

        return confirm_page(
            request,
            title=f"Retire {sensor}",
            consequences=[
                f"{sensor} of {sensor.customer} goes out of service for good. There is no way back: a box that is to"
                " come back is registered again.",
                "Its certificates are revoked, its tunnel ends, and its address goes to another sensor in 30 days.",
                "It never gets the key of its disk again. What is recorded on it can then be read by nobody.",
                "If it was lost or stolen, report it instead: then its gateway has to confirm that it is cut off.",
            ],
            button="Retire for good",
            change_url=reverse("admin:sensors_sensor_change", args=[pk]),
            do=retire,
        )

    def _permitted(self, request: HttpRequest, pk: UUID, permission: Permission) -> Sensor:
        """Raises Http404, and PermissionDenied for staff who only look."""
        person = staff_of(request)
        visible = Sensor.objects.visible_to(person).select_related("site__customer", "gateway")
        sensor = get_object_or_404(visible, pk=pk)
        if not Sensor.objects.permitting(person, permission).filter(pk=pk).exists():
            raise PermissionDenied
        return sensor
