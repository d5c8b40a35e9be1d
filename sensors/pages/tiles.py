from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Tiles(forms.RadioSelect):
    """Choices as large tiles, as `_field.html` shows them: each with a line, by its value, that says what it means."""

    def __init__(self, descriptions: Mapping[str, "str | _StrPromise"]) -> None:
        super().__init__()
        self._descriptions = descriptions

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().create_option(name, value, *args, **kwargs) | {"description": self._descriptions[str(value)]}
