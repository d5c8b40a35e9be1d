"""Fill a template of `templates/artifacts/`. A missing value is an error, and so is one that could become a line."""

import ipaddress
from functools import cache
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "artifacts"

Value = str | int | ipaddress.IPv4Address | ipaddress.IPv4Network


class UnsafeValue(ValueError):
    """A value that would not stay inside its place in the file; the message names it."""


def render(template: str, values: dict[str, Value], blocks: dict[str, list[str]] | None = None) -> str:
    """`values` stay within a line; each of `blocks` is lines that were themselves made from checked values."""
    filled: dict[str, str] = {name: checked(name, value) for name, value in values.items()}
    for name, lines in (blocks or {}).items():
        filled[name] = "\n".join(checked(name, line) for line in lines)
    return _template(template).substitute(filled)


@cache
def _template(name: str) -> Template:
    return Template((TEMPLATES / name).read_text(encoding="utf-8"))


def checked(name: str, value: Value) -> str:
    text = str(value)
    if not text.isprintable():
        raise UnsafeValue(f"{name} holds a line end or another control character")
    return text
