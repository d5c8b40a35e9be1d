"""Which sessions are told of and which are ended."""

from gateway.openvpn.sessions import changed_sessions, choose_to_kill, kill_command, live_names, read_sessions
from gateway.state.stored_state import StoredState
from tests.support.gateway.facts import ANNA, BERTA, CONFIG, client_row, cut_entry, entry

STATE = StoredState(1, CONFIG, {ANNA: entry(), BERTA: cut_entry(BERTA)}, frozenset({"22", "10"}))


def test_a_session_is_told_in_the_form_of_the_contract() -> None:
    assert read_sessions([client_row()], {3: "77"})[ANNA].as_json() == {
        "subject": ANNA,
        "public_address": "198.51.100.21",
        "underlay_address": "10.88.0.5",
        "since": "1970-01-01T00:16:40Z",
        "client": 3,
        "serial": "77",
        "bytes_received": 1,
        "bytes_sent": 2,
    }


def test_a_handshake_and_a_stranger_are_no_sessions() -> None:
    assert read_sessions([client_row(virtual_address=""), client_row("UNDEF"), client_row("s-short")], {}) == {}


def test_of_two_rows_of_one_sensor_the_later_counts() -> None:
    """Whatever their times say: clocks may be set back, numbers are not."""
    assert read_sessions([client_row(since=5, client=9), client_row(since=6, client=8)], {})[ANNA].since == 5


def test_a_session_with_an_odd_row_still_counts_as_live() -> None:
    assert live_names([client_row(BERTA, public_address=None)]) == {BERTA}


def test_an_allowed_sensor_is_left_alone() -> None:
    assert choose_to_kill([client_row()], STATE, {}) == []


def test_a_cut_sensor_and_a_stranger_are_ended() -> None:
    doomed = [client_row(BERTA), client_row("s-unknownaaaaa"), client_row("x\nkill all", client=9)]
    assert choose_to_kill(doomed, STATE, {}) == doomed
    assert [kill_command(one) for one in doomed] == [f"kill {BERTA}", "kill s-unknownaaaaa", "client-kill 9"]


def test_a_refused_handshake_is_left_to_openvpn() -> None:
    assert choose_to_kill([client_row(BERTA, virtual_address="")], STATE, {}) == []


def test_a_session_on_a_revoked_certificate_is_ended_though_its_sensor_is_allowed() -> None:
    assert choose_to_kill([client_row()], STATE, {3: "10"}) == [client_row()]
    assert choose_to_kill([client_row()], STATE, {3: "11"}) == []


def test_a_session_of_unknown_certificate_is_ended_if_it_is_not_younger_than_the_revocation() -> None:
    voided = StoredState(1, CONFIG, STATE.entries, STATE.revoked, {}, {ANNA: 1000})
    assert choose_to_kill([client_row()], voided, {}) == [client_row()]
    assert choose_to_kill([client_row(since=1001)], voided, {}) == []
    assert choose_to_kill([client_row()], voided, {3: "11"}) == []


def test_counters_alone_are_no_change() -> None:
    before = read_sessions([client_row()], {})
    assert changed_sessions(read_sessions([client_row(bytes_sent=99)], {}), before) == ([], [])


def test_a_new_address_or_start_is_a_change_and_absence_is_down() -> None:
    before = read_sessions([client_row(), client_row(BERTA)], {})
    now = read_sessions([client_row(public_address="203.0.113.7")], {})
    up, down = changed_sessions(now, before)
    assert ([session.public_address for session in up], down) == (["203.0.113.7"], [BERTA])
