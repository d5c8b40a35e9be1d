"""Who has an account, and the invitations by which people get one."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.operations.invite_person import invite_person, needs_second_person
from accounts.operations.open_account import disabled_account
from accounts.operations.request_invitation import request_invitation
from tenants.actors import Actor
from tenants.models import AccountChange, Approval, Customer, Person
from tenants.operations.check_standing import why_not
from tenants.operations.grant_role import revoke_roles
from tenants.operations.tell_of_account import counts
from tenants.provider_admin import ProviderAdmin, staff_of
from tenants.roles import CustomerRole, ProviderRole


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    customer = forms.ModelChoiceField(Customer.objects.none(), required=False, help_text="Empty for provider staff.")
    role = forms.ChoiceField(
        choices=[
            ("At a customer", [(role.value, role.value) for role in CustomerRole]),
            ("At the provider", [(role.value, role.value) for role in ProviderRole]),
        ]
    )
    reason = forms.CharField(
        label="Who is it, and what for?",
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Needed for staff and for a customer's manager once there are two administrators: the other one has "
        "to agree, and reads this.",
    )
    invited_by: ClassVar[Actor]  # set for each request

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
        if self.needs_second_person() and not values.get("reason"):
            raise ValidationError({"reason": "Another administrator has to agree. Say who it is: they read this."})
        return values

    def needs_second_person(self) -> bool:
        return needs_second_person(role=self.cleaned_data.get("role", ""), invited_by=self.invited_by)


@admin.register(Person)
class PersonAdmin(ProviderAdmin):
    writers = frozenset({ProviderRole.ADMINISTRATOR})
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    search_fields = ("email", "name")

    @admin.display(description="one of two people")
    def standing(self, person: Person) -> str:
        if not counts(person):
            return "Does not count: no role that does."
        return why_not(person=person, asked_at=None) or "Counts."

    @admin.display(description="made and changed")
    def history(self, person: Person) -> str:
        changes = person.account_changes.select_related("made_by", "customer").order_by("-pk")[:10]
        return "\n".join(_in_words(change) for change in changes)

    def get_form(self, request: HttpRequest, obj: Person | None = None, *, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change=change, **({} if obj else {"form": PersonForm}) | options)
        if not obj:
            form.base_fields["customer"].queryset = Customer.objects.visible_to(staff_of(request))
            form.invited_by = staff_of(request).actor
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Person | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("email", "name", "phone", "customer", "role", "reason")})]
        facts = ("email", "name", "phone", "is_active", "is_staff", "last_login", "standing", "history")
        return [(None, {"fields": facts})]

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> tuple[str, ...]:
        """The one change: take away the right to sign in, with all roles. Giving it back is a new invitation."""
        if obj is None:
            return ()
        fixed = ("email", "name", "phone", "is_staff", "last_login", "standing", "history")
        return fixed if obj.is_active else (*fixed, "is_active")

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:  # noqa: FBT001
        staff, values = staff_of(request), form.cleaned_data
        if change:
            if values.get("is_active") is False:
                revoke_roles(person=obj, revoked_by=staff.actor)
            return
        wanted = {name: values[name] for name in ("email", "name", "phone", "customer", "role")}
        if form.needs_second_person():
            obj.invitation_waits = request_invitation(  # type: ignore[attr-defined]  # for `response_add`
                **wanted, reason=values["reason"], requested_by=staff
            )
        else:
            obj.pk = invite_person(**wanted, invited_by=staff.actor).pk

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: str | None = None) -> HttpResponse:
        """To the request, where one waits: nobody is there yet."""
        waiting: Approval | None = getattr(obj, "invitation_waits", None)
        if waiting is None:
            answer: HttpResponse = super().response_add(request, obj, post_url_continue)
            return answer
        messages.success(
            request, "Nobody is invited yet: another administrator has to agree. All of the staff are told."
        )
        return redirect(reverse("decision", args=[waiting.pk]))


def _in_words(change: AccountChange) -> str:
    where = f" ({change.role}{f' of {change.customer}' if change.customer else ''})" if change.role else ""
    who = change.made_by or "a command on the portal's host"
    return f"{change.at:%d %b %Y, %H:%M} UTC: {change.get_step_display()}{where}, by {who}."
