from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from tenants.models import SetupLevel
from tenants.networks import validate_expected_networks


class LinesField(forms.CharField):
    """A list of words, one a line."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})

    def prepare_value(self, value: object) -> object:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]  # a list is what this field is for
        texts = value if isinstance(value, list) else str(value or "").replace(",", "\n").splitlines()
        return [str(text).strip() for text in texts if str(text).strip()]

    def run_validators(self, value: object) -> None:
        """The validators of a text do not fit a list; the model's field has its own."""

    def has_changed(self, initial: object, data: object) -> bool:
        return self.to_python(initial) != self.to_python(data)


class NetworksField(LinesField):
    """A list of networks, one a line."""

    def validate(self, value: object) -> None:
        super().validate(value)
        if value:  # where the field may stay empty, nothing is a list of networks, too
            validate_expected_networks(value)


SETUP_FIELDS = ("home_networks", "manager_name", "manager_address")
SETUP_HEADING = "For Security Onion's setup"


def home_networks_field(*, else_from: str) -> LinesField:
    help_text = SetupLevel._meta.get_field("home_networks").help_text
    return LinesField(required=False, help_text=f"{help_text} Empty: {else_from}.")


def changed_setup(form: Any, names: tuple[str, ...]) -> Any:
    """By name, what the page changes of these fields: what it leaves may have changed since it was shown."""
    return {name: form.cleaned_data[name] for name in names if name in form.changed_data}
