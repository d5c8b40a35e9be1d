from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from sensors.gateways.admin import gateway_pages
from sensors.gateways.operations.request_gateway_change import request_gateway_change
from sensors.gateways.operations.request_gateway_registration import request_gateway_registration
from sensors.models import Gateway
from tenants.form_fields import NetworksField
from tenants.models import Approval
from tenants.provider_admin import ProviderAdmin, staff_of


class GatewayForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    base_networks = NetworksField(
        required=False, help_text="Networks at base that sensors reach through this gateway, one a line."
    )
    reason = forms.CharField(
        label="Why?",
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Another administrator or operator has to agree, and reads this.",
    )

    class Meta:
        model = Gateway
        fields = ("name", "host", "port", "tcp_port", "network", "base_networks", "mssfix")


@admin.register(Gateway)
class GatewayAdmin(ProviderAdmin):
    read_on_record = False
    form = GatewayForm
    list_display = ("name", "host", "port", "network", "generation", "observed", "last_report", "revoked_at")
    list_select_related = ("contact",)
    actions_detail = ("to_code_page", "to_revoke_page")

    @admin.display(description="generation observed")
    def observed(self, gateway: Gateway) -> str:
        contact = getattr(gateway, "contact", None)
        return str(contact.observed_generation) if contact else "never heard of"

    @admin.display(description="last report")
    def last_report(self, gateway: Gateway) -> Any:
        contact = getattr(gateway, "contact", None)
        return contact.last_report_at if contact else None

    @admin.display(description="standing")
    def standing(self, gateway: Gateway) -> str:
        if gateway.revoked_at is None:
            return "In use."
        at = f"{gateway.revoked_at:%d %b %Y, %H:%M} UTC"
        return f"Revoked {at} by {gateway.revoked_by}: {gateway.revoked_because}"

    def get_fieldsets(self, request: HttpRequest, obj: Gateway | None = None) -> Any:
        place = ("host", "port", "tcp_port", "base_networks", "mssfix", "reason")
        if obj is None:
            return [(None, {"fields": ("name", "network", *place)})]
        return [(None, {"fields": place}), ("As it is", {"fields": ("name", "subject", "network", "standing")})]

    def get_readonly_fields(self, request: HttpRequest, obj: Gateway | None = None) -> tuple[str, ...]:
        return ("name", "subject", "network", "standing") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        staff, values = staff_of(request), form.cleaned_data
        wanted = {name: values[name] for name in ("host", "port", "tcp_port", "base_networks", "mssfix", "reason")}
        if change:
            obj.waiting = request_gateway_change(gateway=obj, **wanted, requested_by=staff)
        else:
            obj.waiting = request_gateway_registration(
                name=values["name"], network=values["network"], **wanted, requested_by=staff
            )

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: str | None = None) -> HttpResponse:
        """To the request that waits: nothing is done yet."""
        waiting: Approval = obj.waiting  # type: ignore[attr-defined]  # set by `save_model`
        messages.success(request, "Nothing is done yet: somebody else has to agree. All of the staff are told.")
        return redirect(gateway_pages.decision_url(waiting))

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return self.response_add(request, obj)

    @action(description="Enrolment code", url_path="to-code")  # type: ignore[untyped-decorator]
    def to_code_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../code/")

    @action(description="Revoke", url_path="to-revoke")  # type: ignore[untyped-decorator]
    def to_revoke_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../revoke/")

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()
        own = {
            "code": ("<uuid:pk>/code/", gateway_pages.code_page),
            "revoke": ("<uuid:pk>/revoke/", gateway_pages.revoke_page),
        }
        return [
            *(
                path(route, self.admin_site.admin_view(page), name=f"sensors_gateway_{name}")
                for name, (route, page) in own.items()
            ),
            *urls,
        ]
