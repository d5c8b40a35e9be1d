from typing import Any

from django import forms


class Tiles(forms.RadioSelect):
    """Choices as large tiles, as `_field.html` shows them: each with a line, by its value, that says what it means."""

    def __init__(self, descriptions: dict[str, str]) -> None:
        super().__init__()
        self._descriptions = descriptions

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().create_option(name, value, *args, **kwargs) | {"description": self._descriptions[str(value)]}
