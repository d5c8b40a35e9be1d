from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from tenants.networks import validate_expected_networks


class NetworksField(forms.CharField):
    """A list of networks, one a line."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})

    def prepare_value(self, value: object) -> object:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]  # a list is what this field is for
        texts = value if isinstance(value, list) else str(value or "").replace(",", "\n").splitlines()
        return [str(text).strip() for text in texts if str(text).strip()]

    def validate(self, value: object) -> None:
        super().validate(value)
        if value:  # where the field may stay empty, nothing is a list of networks, too
            validate_expected_networks(value)

    def run_validators(self, value: object) -> None:
        """The validators of a text do not fit a list; `validate` has done the work."""

    def has_changed(self, initial: object, data: object) -> bool:
        return self.to_python(initial) != self.to_python(data)
