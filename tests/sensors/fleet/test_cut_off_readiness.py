"""Whether a box could be cut off, and why not at once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sensors.fleet.cut_off_readiness import Ready, readiness
from sensors.states import SensorState

HEARD = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
WELL: dict[str, Any] = {
    "state": SensorState.IN_SERVICE,
    "gateway": "gateway-1",
    "gateway_revoked_at": None,
    "last_report_at": HEARD,
    "gateway_is_silent": False,
    "has_problems": False,
    "is_behind": False,
}


@pytest.mark.parametrize(
    ("facts", "ready", "words"),
    [
        ({}, Ready.AT_ONCE, "there and listens"),
        ({"gateway_is_silent": True}, Ready.LATER, "stopped reporting"),
        ({"last_report_at": None}, Ready.LATER, "stopped reporting"),
        ({"gateway_revoked_at": HEARD, "gateway_is_silent": True}, Ready.LATER, "is revoked"),
        ({"is_behind": True}, Ready.LATER, "last wanted of it"),
        ({"has_problems": True}, Ready.LATER, "told of a problem"),
        ({"state": SensorState.REPORTED, "gateway_is_silent": True}, Ready.DONE, "being cut off"),
        ({"state": SensorState.CUT_OFF}, Ready.DONE, "cut off"),
        ({"state": SensorState.RETIRED}, Ready.NO, "nothing left"),
        # It has no tunnel that a gateway would have to end.
        ({"state": SensorState.REGISTERED, "gateway_is_silent": True}, Ready.AT_ONCE, "no tunnel"),
        ({"state": SensorState.RETURNED, "last_report_at": None}, Ready.AT_ONCE, "no tunnel"),
    ],
)
def test_it_says_what_would_hold_the_cut_off_up(facts: dict[str, Any], ready: Ready, words: str):
    found = readiness(**WELL | facts)
    assert (found.ready, words in found.reason) == (ready, True), found


@pytest.mark.parametrize("state", SensorState)
def test_every_state_has_an_answer(state: SensorState):
    assert readiness(**WELL | {"state": state}).label
