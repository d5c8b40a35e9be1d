from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from tenants.change_policy import networks_need_second_person, policy_needs_second_person
from tenants.form_fields import SETUP_FIELDS, SETUP_HEADING, NetworksField, changed_setup, home_networks_field
from tenants.models import Approval, Customer, Person, Site
from tenants.operations.edit_site import edit_site
from tenants.operations.register_customer import register_customer
from tenants.operations.register_site import refuse_wide, register_site
from tenants.operations.rename_customer import rename_customer
from tenants.operations.request_change_policy import request_change_policy
from tenants.operations.set_change_policy import set_change_policy
from tenants.operations.set_customer_setup import set_customer_setup
from tenants.provider_admin import ProviderAdmin, staff_of
from tenants.roles import ProviderRole
from tenants.wide_networks import warnings_of

_POLICY = ("change_delay_minutes", "two_people_for_changes")


class ReasonForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Of what one person alone may not change at every customer."""

    reason = forms.CharField(
        label="Why is it changed?",
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Needed where two people have to want a change: the other one has to agree, and reads this.",
    )

    staff: ClassVar[Person]  # set for each request

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and self.needs_second_person() and not values.get("reason"):
            raise ValidationError(
                {"reason": [*self.warnings(), "Another person has to agree. Say why: they read this."]}
            )
        return values

    def warnings(self) -> list[str]:
        """What to think of, besides."""
        return []

    def needs_second_person(self) -> bool:
        """Raises NotImplementedError."""
        raise NotImplementedError


class CustomerForm(ReasonForm):
    home_networks = home_networks_field(else_from="the private networks of IPv4, as Security Onion has them")

    class Meta:
        model = Customer
        fields = ("name", "slug", *SETUP_FIELDS, *_POLICY)

    def needs_second_person(self) -> bool:
        now = Customer.objects.visible_to(self.staff).filter(pk=self.instance.pk).first()
        wanted = {name: self.cleaned_data[name] for name in _POLICY}
        return now is not None and policy_needs_second_person(customer=now, **wanted)


class _TwoPeopleAdmin(ProviderAdmin):
    """Shows the request instead of the object, where a change waits for a second person."""

    def get_form(self, request: HttpRequest, obj: Model | None = None, *, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change=change, **options)
        form.staff = staff_of(request)
        return form

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        waiting: Approval | None = getattr(obj, "change_waits", None)
        if waiting is None:
            answer: HttpResponse = super().response_change(request, obj)
            return answer
        messages.success(request, "Another person has to agree before it counts. People are told.")
        return redirect(reverse("decision", args=[waiting.pk]))


@admin.register(Customer)
class CustomerAdmin(_TwoPeopleAdmin):
    read_on_record = False
    form = CustomerForm
    writers = frozenset({ProviderRole.ADMINISTRATOR})
    list_display = ("name", "slug", "registered_at")
    search_fields = ("name", "slug")
    actions_detail = ("to_checklist",)

    @action(description="Checklist and import", url_path="to-checklist")  # type: ignore[untyped-decorator]
    def to_checklist(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Raises Http404 for a key that is none."""
        try:
            return redirect(reverse("checklist", args=[object_id]))
        except NoReverseMatch:
            raise Http404 from None

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: str | None = None) -> HttpResponse:
        """To what is still missing, unless another button was pressed."""
        answer: HttpResponse = super().response_add(request, obj, post_url_continue)
        return redirect("checklist", pk=obj.pk) if "_save" in request.POST else answer

    def get_fieldsets(self, request: HttpRequest, obj: Customer | None = None) -> Any:
        changes = (*_POLICY, "reason") if obj and self.has_change_permission(request, obj) else _POLICY
        return [
            (None, {"fields": ("name", "slug")}),
            (SETUP_HEADING, {"fields": SETUP_FIELDS}),
            ("Changes to what disk keys rest on", {"fields": changes}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:  # noqa: FBT001
        staff, values = staff_of(request), form.cleaned_data
        policy = {name: values[name] for name in _POLICY}
        if not change:
            obj.pk = register_customer(slug=obj.slug, name=obj.name, **policy, registered_by=staff.actor).pk
        if setup := changed_setup(form, SETUP_FIELDS):
            set_customer_setup(customer=obj, changes=setup, set_by=staff.actor)
        if not change:
            return
        if "name" in form.changed_data:
            rename_customer(customer=obj, name=values["name"], renamed_by=staff.actor)
        if form.needs_second_person():
            obj.change_waits = request_change_policy(  # type: ignore[attr-defined]  # for `response_change`
                customer=obj, **policy, reason=values["reason"], requested_by=staff
            )
        elif set(_POLICY) & set(form.changed_data):
            set_change_policy(customer=obj, **policy, set_by=staff)


class SiteForm(ReasonForm):
    expected_networks = NetworksField(
        help_text="Public networks from which this site's sensors appear, one a line, such as 203.0.113.0/28. "
        "A sensor that appears from elsewhere gets no key until somebody has looked. 0.0.0.0/0 means anywhere. Another "
        "person has to agree to networks that are not public, or together wider than a /16 (IPv6: /40)."
    )

    home_networks = home_networks_field(else_from="as the customer's page says")

    class Meta:
        model = Site
        fields = ("customer", "name", "expected_networks", *SETUP_FIELDS)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and self.instance._state.adding:
            refuse_wide(values["expected_networks"], self.staff.actor)
        return values

    def warnings(self) -> list[str]:
        return warnings_of(self.cleaned_data["expected_networks"])

    def needs_second_person(self) -> bool:
        visible = Site.objects.visible_to(self.staff).select_related("customer")
        now = visible.filter(pk=self.instance.pk).first()
        return now is not None and networks_need_second_person(
            site=now, expected_networks=self.cleaned_data["expected_networks"]
        )


WHY_NOT_HERE = "The customer stays: its people were told of this site, and boxes never go from one customer to another."


@admin.register(Site)
class SiteAdmin(_TwoPeopleAdmin):
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

    def get_fieldsets(self, request: HttpRequest, obj: Site | None = None) -> Any:
        fields = ("customer", "name", "expected_networks")
        asks = obj and self.has_change_permission(request, obj)
        return [
            (None, {"fields": (*fields, "reason") if asks else fields, "description": WHY_NOT_HERE if obj else None}),
            (SETUP_HEADING, {"fields": SETUP_FIELDS, "description": "Empty: as the customer's page says."}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Site | None = None) -> tuple[str, ...]:
        return ("customer",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Site, form: Any, change: bool) -> None:  # noqa: FBT001
        staff, values = staff_of(request), form.cleaned_data
        changes = changed_setup(form, ("name", "expected_networks", *SETUP_FIELDS) if change else SETUP_FIELDS)
        if not change:
            new = {name: values[name] for name in ("customer", "name", "expected_networks")}
            obj.pk = register_site(**new, registered_by=staff.actor).pk
        if changes:
            _, waits = edit_site(site=obj, changes=changes, reason=values.get("reason", ""), edited_by=staff)
            obj.change_waits = waits  # type: ignore[attr-defined]  # for `response_change`
