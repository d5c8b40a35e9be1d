"""Customers, sites, people and the audit trail in the admin: thin doors to the operations."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from tenants.form_fields import NetworksField
from tenants.models import Approval, AuditEntry, Customer, Mail, Person, Site
from tenants.operations.grant_role import revoke_roles
from tenants.operations.invite_person import disabled_account, invite_person
from tenants.operations.register_customer import register_customer, rename_customer
from tenants.operations.register_site import change_site, register_site
from tenants.provider_admin import ProviderAdmin, ReadOnlyAdmin, staff_of
from tenants.roles import CustomerRole, ProviderRole

admin.site.unregister(Group)


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


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    customer = forms.ModelChoiceField(Customer.objects.none(), required=False, help_text="Empty for provider staff.")
    role = forms.ChoiceField(
        choices=[
            ("At a customer", [(role.value, role.value) for role in CustomerRole]),
            ("At the provider", [(role.value, role.value) for role in ProviderRole]),
        ]
    )

    class Meta:
        model = Person
        fields = ("email", "name", "phone")

    def _get_validation_exclusions(self) -> set[str]:
        """The address of a disabled account may be invited again."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # not in its types
        return excluded | {"email"} if disabled_account(self.cleaned_data.get("email", "")) else excluded

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        at_customer = values.get("role") in set(CustomerRole)
        if at_customer and not values.get("customer"):
            raise ValidationError({"customer": "Choose the customer at which the person has this role."})
        if not at_customer and values.get("customer"):
            raise ValidationError({"role": "This is a role of provider staff: leave the customer empty."})
        return values


@admin.register(Person)
class PersonAdmin(ProviderAdmin):
    writers = frozenset({ProviderRole.ADMINISTRATOR})
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    search_fields = ("email", "name")
    fields = ("email", "name", "phone", "customer", "role")

    def get_form(self, request: HttpRequest, obj: Person | None = None, *, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change=change, **({} if obj else {"form": PersonForm}) | options)
        if not obj:
            form.base_fields["customer"].queryset = Customer.objects.visible_to(staff_of(request))
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Person | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("email", "name", "phone", "customer", "role")})]
        return [(None, {"fields": ("email", "name", "phone", "is_active", "is_staff", "last_login")})]

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> tuple[str, ...]:
        """The one change: take away the right to sign in, with all roles. Giving it back is a new invitation."""
        if obj is None:
            return ()
        fixed = ("email", "name", "phone", "is_staff", "last_login")
        return fixed if obj.is_active else (*fixed, "is_active")

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:  # noqa: FBT001
        actor, values = staff_of(request).actor, form.cleaned_data
        if change:
            if values.get("is_active") is False:
                revoke_roles(person=obj, revoked_by=actor)
            return
        person = invite_person(
            email=values["email"],
            name=values["name"],
            phone=values["phone"],
            customer=values["customer"],
            role=values["role"],
            invited_by=actor,
        )
        obj.pk = person.pk


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    list_display = (
        "requested_at",
        "action",
        "about",
        "customer",
        "requested_by",
        "verdict",
        "decided_by",
        "decided_at",
    )
    list_filter = ("action", "verdict")
    list_select_related = ("customer", "requested_by", "decided_by")
    ordering = ("-requested_at",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "chain", "sequence", "actor", "action", "subject")
    list_filter = ("action",)
    list_select_related = ("chain",)
    search_fields = ("actor", "subject")
    ordering = ("-at", "-pk")


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "recipient", "subject", "sent_at", "attempts", "last_error")
    ordering = ("-pk",)
