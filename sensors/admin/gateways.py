from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from unfold.decorators import action

from sensors.admin.code_page import code_page
from sensors.models import Gateway
from sensors.operations.issue_enrolment_code import issue_gateway_code
from sensors.operations.register_gateway import change_gateway, register_gateway
from tenants.form_fields import NetworksField
from tenants.provider_admin import ProviderAdmin, staff_of


class GatewayForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    base_networks = NetworksField(
        required=False, help_text="Networks at base that sensors reach through this gateway, one a line."
    )

    class Meta:
        model = Gateway
        fields = ("name", "host", "port", "network", "base_networks")


@admin.register(Gateway)
class GatewayAdmin(ProviderAdmin):
    read_on_record = False
    form = GatewayForm
    list_display = ("name", "host", "port", "network", "generation", "observed", "last_report")
    list_select_related = ("contact",)
    actions_detail = ("to_code_page",)

    @admin.display(description="generation observed")
    def observed(self, gateway: Gateway) -> str:
        contact = getattr(gateway, "contact", None)
        return str(contact.observed_generation) if contact else "never heard of"

    @admin.display(description="last report")
    def last_report(self, gateway: Gateway) -> Any:
        contact = getattr(gateway, "contact", None)
        return contact.last_report_at if contact else None

    def get_readonly_fields(self, request: HttpRequest, obj: Gateway | None = None) -> tuple[str, ...]:
        return ("name", "network") if obj else ()

    def save_model(self, request: HttpRequest, obj: Gateway, form: Any, change: bool) -> None:  # noqa: FBT001
        actor, values = staff_of(request).actor, form.cleaned_data
        place = {name: values[name] for name in ("host", "port", "base_networks")}
        if change:
            change_gateway(gateway=obj, **place, changed_by=actor)
        else:
            obj.pk = register_gateway(name=values["name"], network=values["network"], **place, registered_by=actor).pk

    @action(description="Enrolment code", url_path="to-code")  # type: ignore[untyped-decorator]
    def to_code_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../code/")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.code_page)
        urls: list[URLPattern] = super().get_urls()
        return [path("<uuid:pk>/code/", page, name="sensors_gateway_code"), *urls]

    def code_page(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        gateway = get_object_or_404(Gateway.objects.visible_to(staff_of(request)), pk=pk)
        if not self.has_change_permission(request, gateway):
            raise PermissionDenied
        return code_page(
            request,
            machine=gateway,
            change_url=reverse("admin:sensors_gateway_change", args=[pk]),
            issue=lambda: issue_gateway_code(gateway=gateway, issued_by=staff_of(request).actor),
        )
