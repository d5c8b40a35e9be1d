import itertools
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.keys.release_decision import ASK_AGAIN_AFTER, FOR_PEOPLE, Facts, Outcome, Reason, Verdict, decide
from sensors.states import SensorState

GOOD = Facts(
    state=SensorState.IN_SERVICE,
    case_open=False,
    certificate_revoked=False,
    certificate_valid_now=True,
    source_is_own_underlay_address=True,
    gateway_revoked=False,
    gateway_answered=True,
    session_confirmed=True,
    two_places=False,
    public_address_expected=True,
    enrolled_anew=False,
    permitted_once=False,
    changes_settled=True,
)
# Each fact that is not as it should be, alone, and what is said then. From the weightiest to the lightest.
ALONE: list[tuple[dict[str, Any], Outcome, Reason]] = [
    ({"case_open": True}, Outcome.REFUSED, Reason.CASE_OPEN),
    *(
        ({"state": state}, Outcome.REFUSED, Reason.NOT_IN_SERVICE)
        for state in SensorState
        if state is not SensorState.IN_SERVICE
    ),
    ({"certificate_revoked": True}, Outcome.REFUSED, Reason.CERTIFICATE_REVOKED),
    ({"certificate_valid_now": False}, Outcome.REFUSED, Reason.CERTIFICATE_NOT_VALID_NOW),
    ({"source_is_own_underlay_address": False}, Outcome.REFUSED, Reason.NOT_THROUGH_OWN_TUNNEL),
    ({"gateway_revoked": True}, Outcome.HELD, Reason.GATEWAY_REVOKED),
    ({"gateway_answered": False}, Outcome.HELD, Reason.GATEWAY_SILENT),
    ({"session_confirmed": False}, Outcome.HELD, Reason.SESSION_NOT_YET_REPORTED),
    ({"public_address_expected": None}, Outcome.HELD, Reason.SESSION_NOT_YET_REPORTED),
    ({"two_places": True}, Outcome.HELD, Reason.TWO_PLACES),
    ({"public_address_expected": False}, Outcome.HELD, Reason.PUBLIC_NETWORK_UNEXPECTED),
    ({"enrolled_anew": True}, Outcome.HELD, Reason.ENROLLED_ANEW),
    ({"changes_settled": False}, Outcome.HELD, Reason.CHANGE_TOO_RECENT),
]
STATES, TWO, THREE = list(SensorState), (False, True), (None, False, True)
NAMES = [field.name for field in fields(Facts)]
COMBINATIONS: Any = itertools.product(STATES, TWO, TWO, TWO, TWO, TWO, TWO, TWO, TWO, THREE, TWO, TWO, TWO)
EVERYTHING = [Facts(**dict(zip(NAMES, values, strict=True))) for values in COMBINATIONS]
any_facts = st.sampled_from(EVERYTHING)


def test_of_all_combinations_none_releases_but_from_where_it_is_expected_or_permitted():
    assert len(EVERYTHING) == 6 * 2**11 * 3
    permitted = replace(GOOD, permitted_once=True)
    for_people = [
        replace(GOOD, public_address_expected=expected, two_places=two, enrolled_anew=anew)
        for expected, two, anew in itertools.product(TWO, TWO, TWO)
        if not expected or two or anew
    ]
    released = [facts for facts in EVERYTHING if decide(facts).outcome is Outcome.RELEASED]
    assert set(released) == {GOOD, permitted, *(replace(one, permitted_once=True) for one in for_people)}
    assert {decide(GOOD), decide(permitted)} == {Verdict(Outcome.RELEASED, Reason.ALL_FACTS_FIT)}
    for one in for_people:
        assert (decide(one).outcome, decide(one).reason in FOR_PEOPLE) == (Outcome.HELD, True)
        assert decide(replace(one, permitted_once=True)).reason is Reason.PERMITTED_ONCE


def test_no_permit_makes_up_for_anything_else():
    for different, outcome, reason in ALONE:
        if set(different.items()) & {("two_places", True), ("public_address_expected", False), ("enrolled_anew", True)}:
            continue
        for expected in (False, different.get("public_address_expected", True)):
            facts = replace(replace(GOOD, public_address_expected=expected, permitted_once=True), **different)
            assert decide(facts) == Verdict(outcome, reason)


@pytest.mark.parametrize(("different", "outcome", "reason"), ALONE, ids=lambda value: str(value))
def test_each_fact_alone_is_enough_to_withhold_the_key(different, outcome: Outcome, reason: Reason):
    assert decide(replace(GOOD, **different)) == Verdict(outcome, reason)


@given(st.lists(st.sampled_from(range(len(ALONE))), min_size=1, unique=True))
def test_of_several_reasons_the_weightiest_is_given(numbers: list[int]):
    changes: dict[str, Any] = {}
    for number in sorted(numbers, reverse=True):
        changes |= ALONE[number][0]
    facts = replace(GOOD, **changes)
    _, outcome, reason = next(
        row for row in ALONE if all(getattr(facts, key) == value for key, value in row[0].items())
    )
    assert decide(facts) == Verdict(outcome, reason)


def test_with_an_open_case_nothing_else_matters():
    open_cases = [facts for facts in EVERYTHING if facts.case_open]
    assert len(open_cases) == len(EVERYTHING) / 2
    # One test for all: eighteen thousand would take minutes.
    assert [facts for facts in open_cases if decide(facts) != Verdict(Outcome.REFUSED, Reason.CASE_OPEN)] == []


@given(any_facts)
def test_what_is_held_says_when_to_ask_again_and_what_is_refused_does_not(facts: Facts):
    verdict = decide(facts)
    assert (verdict.reason in ASK_AGAIN_AFTER) == (verdict.outcome is Outcome.HELD)
    assert verdict.reason not in ASK_AGAIN_AFTER or ASK_AGAIN_AFTER[verdict.reason] >= 1
