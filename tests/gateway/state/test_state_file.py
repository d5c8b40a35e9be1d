"""The stored state comes back from disk as it was, whatever the crash."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.state.desired_state import StateRefused
from gateway.state.state_file import MOST_JOURNAL_LINES, StateFile
from gateway.state.stored_state import StoredState, merge_answer
from tests.support.gateway.facts import ANNA, BERTA, answer, cut_entry, entry, started


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def cut() -> StoredState:
    renewed = entry(BERTA, serials=("22", "23"), revoked_serials=("22",))
    return merge_answer(started(), answer(cut_entry(), renewed), now=7)


def save_in_two_steps(path: Path) -> None:
    file = StateFile(path)
    file.save(started(), changed=None)
    file.save(cut(), changed=frozenset({ANNA, BERTA}))


def test_it_comes_back_as_it_was(path: Path) -> None:
    StateFile(path).save(cut(), changed=None)
    assert StateFile(path).load() == cut()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_change_comes_back_from_the_journal_and_leaves_the_rest_unwritten(path: Path) -> None:
    StateFile(path).save(started(), changed=None)
    before = path.read_bytes()
    file = StateFile(path)
    assert file.load() == started()
    file.save(cut(), changed=frozenset({ANNA, BERTA}))
    file.save(replace(cut(), generation=2), changed=frozenset())
    assert path.read_bytes() == before
    assert StateFile(path).load() == replace(cut(), generation=2)


def test_a_journal_left_over_from_an_older_file_changes_nothing(path: Path) -> None:
    save_in_two_steps(path)
    old = path.with_suffix(".journal").read_bytes()
    file = StateFile(path)
    file.save(started(), changed=None)
    path.with_suffix(".journal").write_bytes(old)
    assert StateFile(path).load() == started()


@pytest.mark.parametrize("torn", [b"{", b'{"name": "x', b"\x00\x00"])
def test_a_torn_line_is_dropped_and_nothing_is_appended_to_it(path: Path, torn: bytes) -> None:
    save_in_two_steps(path)
    with path.with_suffix(".journal").open("ab") as journal:
        journal.write(torn)
    file = StateFile(path)
    assert file.load() == cut()
    file.save(replace(cut(), generation=5), changed=frozenset())
    assert StateFile(path).load() == replace(cut(), generation=5)


def test_a_long_journal_becomes_one_file(path: Path) -> None:
    file = StateFile(path)
    file.save(started(), changed=None)
    for generation in range(MOST_JOURNAL_LINES + 1):
        file.save(replace(started(), generation=generation), changed=frozenset())
    file.tidy(replace(started(), generation=MOST_JOURNAL_LINES))
    assert not path.with_suffix(".journal").exists()
    assert StateFile(path).load().generation == MOST_JOURNAL_LINES


def test_no_file_is_an_empty_state(path: Path) -> None:
    assert StateFile(path).load() == StoredState()


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b"null", b'{"name": "x", "sensors": [{}]}'])
def test_a_damaged_file_is_an_error_and_not_an_empty_state(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StateRefused):
        StateFile(path).load()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("verb 3", "up /bin/sh"),
        # As an agent before this one stored it.
        ('{"base_networks":["10.20.0.0/24"]}', '"table inet nsmaas { }"'),
        ('{"base_networks":["10.20.0.0/24"]}', '{"base_networks":["10.20.0.0/24"],"later":1}'),
    ],
)
def test_a_stored_configuration_that_does_not_fit_is_asked_for_anew_and_nothing_else_is_lost(
    path: Path, before: str, after: str
) -> None:
    file = StateFile(path)
    file.save(replace(started(), generation=4), changed=None)
    file.save(replace(cut(), generation=5), changed=frozenset({ANNA, BERTA}))
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))
    assert StateFile(path).load() == replace(cut(), config=None, generation=0)
