"""What is known survives: a revoked serial for ever, a cut until it was reported."""

from gateway.state.stored_state import StoredState, merge_answer
from tests.support.gateway.facts import ANNA, BERTA, answer, cut_entry, entry, started


def test_a_cut_sensor_is_not_allowed_and_its_cut_is_to_be_told() -> None:
    state = merge_answer(started(), answer(cut_entry(), generation=2), now=100)
    assert not state.is_allowed(ANNA)
    assert state.is_allowed(BERTA)
    assert state.unreported_cuts == {ANNA: 2}
    assert state.allowed_addresses() == {"10.88.0.6"}


def test_the_generation_does_not_rise_by_taking_an_answer_in() -> None:
    assert merge_answer(started(), answer(cut_entry(), generation=2), now=100).generation == 0


def test_a_revoked_serial_is_never_forgotten_whatever_the_portal_says_later() -> None:
    cut = merge_answer(started(), answer(cut_entry(), generation=2), now=100)
    restored = merge_answer(cut, answer(entry(), entry(BERTA), generation=9, full=True), now=200)
    assert "11" in restored.revoked
    assert not restored.is_allowed(ANNA)
    renewed = merge_answer(restored, answer(entry(serials=("11", "12")), generation=10), now=300)
    assert renewed.is_allowed(ANNA)


def test_a_sensor_without_serial_or_client_config_is_not_allowed() -> None:
    state = merge_answer(started(), answer(entry(serials=()), entry(BERTA, client_config=None)), now=1)
    assert not state.is_allowed(ANNA)
    assert not state.is_allowed(BERTA)


def test_a_full_answer_forgets_sensors_that_it_does_not_list_but_no_serial_of_theirs() -> None:
    cut = merge_answer(started(), answer(cut_entry(), generation=2), now=100)
    state = merge_answer(cut, answer(entry(BERTA), generation=3, full=True), now=200)
    assert set(state.entries) == {BERTA}
    assert state.revoked == {"11"}


def test_a_full_answer_keeps_a_sensor_whose_news_were_faulty() -> None:
    state = merge_answer(
        started(), answer(entry(BERTA), full=True, refusals=("x",), refused_subjects=frozenset({ANNA})), now=1
    )
    assert state.is_allowed(ANNA)


def test_a_cut_that_a_full_answer_repeats_is_not_told_twice() -> None:
    cut = merge_answer(started(), answer(cut_entry(), generation=2), now=100)
    told = StoredState(2, cut.config, cut.entries, cut.revoked)
    again = merge_answer(told, answer(cut_entry(), entry(BERTA), generation=2, full=True), now=200)
    assert again.unreported_cuts == {}


def test_a_cut_of_a_new_generation_is_told_anew() -> None:
    cut = merge_answer(started(), answer(cut_entry(), generation=2), now=100)
    told = StoredState(2, cut.config, cut.entries, cut.revoked)
    again = merge_answer(told, answer(cut_entry(generation=5), generation=5), now=200)
    assert again.unreported_cuts == {ANNA: 5}


def test_a_sensor_that_is_let_in_again_leaves_no_cut_to_tell() -> None:
    cut = merge_answer(started(), answer(cut_entry(), generation=2), now=100)
    back = merge_answer(cut, answer(entry(serials=("12",), generation=3), generation=3), now=200)
    assert back.unreported_cuts == {}


def test_revoking_one_of_two_serials_voids_the_sessions_until_now() -> None:
    state = merge_answer(started(), answer(entry(serials=("11", "12"), revoked_serials=("11",))), now=500)
    assert state.void_until == {ANNA: 500}
    later = merge_answer(state, answer(entry(serials=("11", "12"), revoked_serials=("11",))), now=900)
    assert later.void_until == {ANNA: 500}
