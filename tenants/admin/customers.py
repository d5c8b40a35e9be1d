from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from tenants.form_fields import NetworksField
from tenants.models import Customer, Site
from tenants.operations.register_customer import register_customer, rename_customer
from tenants.operations.register_site import change_site, register_site
from tenants.provider_admin import ProviderAdmin, staff_of
from tenants.roles import ProviderRole


@admin.register(Customer)
class CustomerAdmin(ProviderAdmin):
    read_on_record = False
    writers = frozenset({ProviderRole.ADMINISTRATOR})
    list_display = ("name", "slug", "registered_at")
    search_fields = ("name", "slug")
    fields = ("name", "slug")

    def get_readonly_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:  # noqa: FBT001
        actor = staff_of(request).actor
        if change:
            rename_customer(customer=obj, name=form.cleaned_data["name"], renamed_by=actor)
        else:
            obj.pk = register_customer(slug=obj.slug, name=obj.name, registered_by=actor).pk


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    expected_networks = NetworksField(
        help_text="Public networks from which this site's sensors appear, one a line, such as 203.0.113.0/28. "
        "A sensor that appears from elsewhere gets no key until somebody has looked. 0.0.0.0/0 means anywhere."
    )

    class Meta:
        model = Site
        fields = ("customer", "name", "expected_networks")


@admin.register(Site)
class SiteAdmin(ProviderAdmin):
    read_on_record = False
    form = SiteForm
    list_display = ("name", "customer", "networks", "registered_at")
    list_filter = ("customer",)
    list_select_related = ("customer",)
    search_fields = ("name", "customer__name")
    autocomplete_fields = ("customer",)

    @admin.display(description="expected networks")
    def networks(self, site: Site) -> str:
        return ", ".join(site.expected_networks)

    def get_readonly_fields(self, request: HttpRequest, obj: Site | None = None) -> tuple[str, ...]:
        return ("customer",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Site, form: Any, change: bool) -> None:  # noqa: FBT001
        actor, values = staff_of(request).actor, form.cleaned_data
        wanted = {"name": values["name"], "expected_networks": values["expected_networks"]}
        if change:
            change_site(site=obj, **wanted, changed_by=actor)
        else:
            obj.pk = register_site(customer=values["customer"], **wanted, registered_by=actor).pk
