import unicodedata
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tenants.validators import validate_display_name, validate_label, validate_text
from tests.support.tenants.making import BAD_NAMES

UNSEEN: Any = ["Cc", "Cf", "Cs", "Co", "Zl", "Zp"]
WELCOME = ["Müller & Söhne", "株式会社", "O'Neill", "Ελλάδα", "شركة", "9 ½", "e\u0301"]


def refuses(validate, value: str) -> bool:
    try:
        validate(value)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("name", WELCOME)
def test_names_of_any_script_are_welcome(name: str):
    assert not refuses(validate_display_name, name)


@pytest.mark.parametrize("what", sorted(set(BAD_NAMES) - {"ten thousand characters"}))
def test_what_could_deceive_is_refused(what: str):
    assert refuses(validate_display_name, BAD_NAMES[what])


@given(st.text(max_size=5), st.characters(categories=UNSEEN), st.text(max_size=5))
def test_one_unseen_character_anywhere_is_enough(before: str, unseen: str, after: str):
    assert refuses(validate_display_name, f"a{before}{unseen}{after}")


@given(st.text(max_size=40))
def test_what_passes_stays_on_one_line_and_can_be_seen(name: str):
    if not refuses(validate_display_name, name):
        assert len(name.splitlines()) == 1
        assert name.strip()
        assert "\0" not in name
        name.encode()


def test_the_message_names_the_character_and_does_not_repeat_it():
    with pytest.raises(ValidationError) as caught:
        validate_display_name("a\u202eb")
    assert "U+202E" in caught.value.messages[0]
    assert "\u202e" not in caught.value.messages[0]


@given(st.text(max_size=40))
def test_a_label_that_passes_is_one_of_ours(value: str):
    if not refuses(validate_label, value):
        assert 1 <= len(value) <= 32
        assert set(value) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert value[0] != "-" != value[-1]


@given(st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\Z"), st.sampled_from("\n\r\0 ./%'\"\u0661A_"))
def test_a_label_with_anything_behind_it_is_refused(label: str, more: str):
    assert not refuses(validate_label, label)
    assert refuses(validate_label, label + more)


@given(st.text(max_size=40))
def test_free_text_may_hold_line_ends_and_no_other_control(text: str):
    controls = [c for c in text if c not in "\r\n\t" and unicodedata.category(c) in {"Cc", "Cs"}]
    assert refuses(validate_text, text) == bool(controls)
