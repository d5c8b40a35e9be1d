"""Style sheets and templates agree with one another: no colour that is not there, no field but by `_field.html`."""

import re

import pytest

from tests.support.checkout import CHECKOUT

SHEETS = {file.name: file.read_text() for file in sorted(CHECKOUT.glob("*/static/**/*.css"))}
TEMPLATES = {
    str(file.relative_to(CHECKOUT / "templates")): file.read_text()
    for file in sorted((CHECKOUT / "templates").rglob("*.html"))
}
# What shows something that nobody fills in.
SHOWN = {"_field.html", "account/token_made.html", "mfa/recovery_codes/index.html", "mfa/totp/activate_form.html"}


def properties(texts: dict[str, str]) -> tuple[set[str], set[str]]:
    """Custom properties that are set, and those that are asked for."""
    text = re.sub(r"/\*.*?\*/", "", "\n".join(texts.values()), flags=re.S)
    return set(re.findall(r"(?<![\w-])(--[\w-]+)\s*:", text)), set(re.findall(r"var\(\s*(--[\w-]+)", text))


def dark_tokens() -> set[str]:
    dark = SHEETS["tokens.css"].partition("prefers-color-scheme: dark")[2]
    return properties({"dark": dark})[0]


def test_every_custom_property_that_is_asked_for_is_set_and_the_other_way_round():
    set_, asked = properties(SHEETS)
    assert "--tone" in asked
    assert sorted(asked - set_) == []
    assert sorted(set_ - asked) == []


def test_nothing_has_a_dark_value_alone():
    light = properties({"light": SHEETS["tokens.css"].partition("prefers-color-scheme: dark")[0]})[0]
    assert sorted(dark_tokens() - light) == []


def test_a_property_that_nobody_sets_is_found():
    set_, asked = properties(
        {"planted": ":root { --there: red } a--b:hover { color: var(--there); top: var( --gone, 0) }"}
    )
    assert asked - set_ == {"--gone"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_fields_are_written_by_one_template(name: str):
    if name not in SHOWN:
        assert not re.search(r'class="field\b|class="field-error', TEMPLATES[name])


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.startswith(("sensors/", "people/"))])
def test_each_page_says_where_in_the_navigation_it_is(name: str):
    """Once, and not a page's parts."""
    said = re.findall(
        r'\{% block in_(?:now|sensors|cases|decisions|people|records) %\} aria-current="(?:page|true)"\{% endblock %\}',
        TEMPLATES[name],
    )
    assert len(said) == ('{% extends "base.html" %}' in TEMPLATES[name])
