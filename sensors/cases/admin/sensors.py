from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import action

from sensors.artifacts.operations.gather_facts import setup_lines
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.admin.code_page import code_page
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_sensor_code import request_sensor_code
from sensors.fleet.operations.describe_sensor import describe_sensor
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.fleet.operations.set_sensor_setup import set_sensor_setup
from sensors.models import Sensor
from tenants.confirm_page import confirm_page
from tenants.form_fields import SETUP_FIELDS, SETUP_HEADING, LinesField, changed_setup, home_networks_field
from tenants.provider_admin import ProviderAdmin, staff_of
from tenants.roles import Permission

DESCRIPTION = ("name", "description", "hardware_serial")
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
    actions_detail = ("to_code_page", "to_live_page", "to_retire_page")

    def get_fieldsets(self, request: HttpRequest, obj: Sensor | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("site", "gateway", *DESCRIPTION)}), (SETUP_HEADING, {"fields": SETUP})]
        facts = ("site", "gateway", "state", "subject", "underlay_address", "registered_at")
        return [
            (None, {"fields": DESCRIPTION}),
            (SETUP_HEADING, {"fields": (*SETUP, "setup_counts", "setup_files")}),
            ("As it is", {"fields": facts}),
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
        words = {name: values[name] for name in DESCRIPTION}
        if change:
            describe_sensor(sensor=obj, **words, described_by=actor)
        else:
            place = {name: values[name] for name in ("site", "gateway", "line")}
            obj.pk = register_sensor(**place, **words, registered_by=actor).pk
        # The line of a sensor that is new stands in its registration.
        if setup := changed_setup(form, SETUP if change else SETUP[1:]):
            set_sensor_setup(sensor=obj, changes=setup, set_by=actor)

    @action(description="Enrolment code", url_path="to-code")  # type: ignore[untyped-decorator]
    def to_code_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../code/")

    @action(description="Live page", url_path="to-live")  # type: ignore[untyped-decorator]
    def to_live_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Raises Http404 for a key that is none."""
        try:
            return redirect(reverse("sensor", args=[object_id]))
        except NoReverseMatch:
            raise Http404 from None

    @action(description="Retire", url_path="to-retire")  # type: ignore[untyped-decorator]
    def to_retire_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../retire/")

    def get_urls(self) -> list[URLPattern]:
        code, retire = self.admin_site.admin_view(self.code_page), self.admin_site.admin_view(self.retire_page)
        urls: list[URLPattern] = super().get_urls()
        return [
            path("<uuid:pk>/code/", code, name="sensors_sensor_code"),
            path("<uuid:pk>/retire/", retire, name="sensors_sensor_retire"),
            *urls,
        ]

    def code_page(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        person, sensor = staff_of(request), self._permitted(request, pk, Permission.ENROLMENT_CODE_ISSUE)
        return code_page(
            request,
            machine=sensor,
            change_url=reverse("admin:sensors_sensor_change", args=[pk]),
            issue=lambda: issue_sensor_code(sensor=sensor, issued_by=person.actor),
            ask=(lambda reason: request_sensor_code(sensor=sensor, reason=reason, requested_by=person))
            if sensor.customer.two_people_for_changes
            else None,
        )

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
        sensor = get_object_or_404(Sensor.objects.visible_to(person), pk=pk)
        if not Sensor.objects.permitting(person, permission).filter(pk=pk).exists():
            raise PermissionDenied
        return sensor
