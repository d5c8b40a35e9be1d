"""How tokens are written: found by searchers for secrets, wrong ones without asking anybody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.token_text import new_token, read_token

FOUND_BY = re.compile(r"nsm_[a-z2-7]{8}_[0-9A-Za-z]{49}")


def test_a_new_one_is_read_as_it_was_written():
    for _ in range(200):
        token = new_token()
        assert FOUND_BY.fullmatch(token.written())
        assert read_token(token.written()) == token


def test_no_two_are_the_same():
    tokens = [new_token() for _ in range(500)]
    assert len({token.secret for token in tokens}) == len({token.prefix for token in tokens}) == 500


@given(position=st.integers(0, 61), other=st.characters(codec="utf-8"))
def test_one_wrong_character_is_noticed(position: int, other: str):
    written = new_token().written()
    changed = written[:position] + other + written[position + 1 :]
    assert changed == written or read_token(changed) is None


@pytest.mark.parametrize("text", ["", "nsm_", "x" * 10_000, "nsm_abcdefgh_" + "0" * 49, "Bearer", "\0", "é"])
def test_what_is_none_of_ours_is_none(text: str):
    assert read_token(text) is None


def test_line_ends_are_no_part_of_one():
    written = new_token().written()
    assert read_token(written + "\n") is None
    assert read_token(" " + written) is None


def test_it_never_shows_its_secret_by_itself():
    token = new_token()
    for shown in (repr(token), str(token), f"{token}", str([token])):
        assert token.secret not in shown
        assert token.prefix in shown
