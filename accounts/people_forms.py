"""What a customer's manager fills in about the customer's people."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from tenants.models import Person
from tenants.roles import COUNTED_ROLES, CustomerRole
from tenants.validators import validate_display_name, validate_text

ROLES = {
    CustomerRole.VIEWER: "Viewer: sees the sensors and cases",
    CustomerRole.CONTACT: "Contact: reports a sensor lost or stolen, too",
    CustomerRole.MANAGER: "Manager: decides, and looks after the people, too",
}
_WHY = "For a manager a second person has to agree, and reads this. Otherwise leave it empty."


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=ROLES.items())
    reason = forms.CharField(
        label="Who is it, and what for?",
        help_text=_WHY,
        required=False,
        max_length=1000,
        validators=[validate_text],
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("role") in COUNTED_ROLES and not values.get("reason"):
            raise ValidationError({"reason": "A second person has to agree. Say who it is: they read this."})
        return values


class NameForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Person
        fields = ("name", "phone")


class InvitationForm(RoleForm):
    email = forms.EmailField(label="E-mail address", max_length=254)
    name = forms.CharField(max_length=120, validators=[validate_display_name])
    phone = forms.CharField(label="Telephone number", max_length=40, required=False, validators=[validate_text])
    field_order = ("email", "name", "phone", "role", "reason")
