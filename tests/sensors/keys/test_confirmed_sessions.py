"""What a gateway's answer about a session means."""

import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.fleet.reported_fields import MalformedReport
from sensors.keys.confirmed_sessions import (
    LIVE_MS,
    NOT_ASKED,
    RETURN_MS,
    Confirmation,
    ConfirmedSession,
    EarlierSession,
    find_session,
    parse_answers,
)

HERE, THERE, THIRD = "198.51.100.21", "198.51.100.77", "203.0.113.9"
SESSION = ConfirmedSession("s-abcdefghijkl", HERE, "10.88.0.5", 3, 2_000, ())


def before(*places: tuple[str, int, int]) -> ConfirmedSession:
    """(address, ended ms ago, quiet ms) of the sessions before the present one, the oldest first."""
    return replace(SESSION, earlier=tuple(EarlierSession(*place) for place in places))


def test_a_session_that_is_older_than_the_connection_carried_the_request():
    assert Confirmation(answered=True, session=SESSION, connection_ms=1_999).carried_the_request("10.88.0.5")
    assert not Confirmation(answered=True, session=SESSION, connection_ms=2_000).carried_the_request("10.88.0.5")
    assert not Confirmation(answered=True, session=SESSION, connection_ms=5).carried_the_request("10.88.0.6")
    assert not Confirmation(answered=True, session=None, connection_ms=0).carried_the_request("10.88.0.5")
    assert not NOT_ASKED.carried_the_request("10.88.0.5")


@pytest.mark.parametrize(
    ("session", "others"),
    [
        (SESSION, ()),
        (before((THERE, 60_000, LIVE_MS + 1)), ()),  # moved once: a router's new address
        (before((THERE, 60_000, LIVE_MS)), (THERE,)),  # the one before was live
        (before((HERE, 60_000, 0)), ()),  # a restart of the tunnel
        (before((HERE, 60_000, 30_000), (THERE, 30_000, 30_000)), (THERE,)),  # back where it was
        (before((HERE, 900_000, 30_000), (THERE, RETURN_MS + 1, 30_000)), ()),  # back after a long time
        (before((THERE, 500_000, 30_000), (THIRD, 300_000, 30_000)), ()),  # moved twice, never back
        (before((THERE, 500_000, 0), (THIRD, 300_000, 30_000)), (THERE,)),  # two were live some sessions ago
        (before((THERE, 9, 30_000), (HERE, 8, 30_000), (THERE, 7, 30_000)), (THERE,)),
    ],
)
def test_two_places_are_seen_and_a_move_is_none(session: ConfirmedSession, others: tuple[str, ...]):
    assert session.other_places() == others


def test_an_answer_survives_the_database_as_it_is():
    session = before((THERE, 5, 6))
    sent = json.loads(json.dumps(asdict(session)))
    [(number, sessions)] = parse_answers({"answers": [{"number": 7, "sessions": [sent]}]})
    assert number == 7
    stored = json.loads(json.dumps(sessions))
    assert find_session(stored, session.subject) == session
    assert find_session(stored, "s-mnopqrstuvwx") is None


def test_what_cannot_be_seen_is_not_the_same_as_nothing_there():
    assert list(parse_answers({"answers": [{"number": 1, "sessions": None}, {"number": 2, "sessions": []}]})) == [
        (1, None),
        (2, []),
    ]


def test_nothing_is_kept_but_what_was_understood():
    item = {**json.loads(json.dumps(asdict(SESSION))), "more": "x" * 100_000}
    [(_, sessions)] = parse_answers({"answers": [{"number": 1, "sessions": [item]}]})
    assert len(json.dumps(sessions)) < 300


ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["answers", "number", "sessions", "subject", "earlier", "age_ms"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_anything_else_is_refused_in_words(data: Any):
    with suppress(MalformedReport):
        list(parse_answers(data))
