"""How old a session is, and which were there before it."""

from dataclasses import replace

from gateway.openvpn.session_history import MOST_EARLIER, REMEMBERED_SECONDS, EarlierSession, SessionHistory
from gateway.openvpn.sessions import Session
from tests.support.gateway.facts import ANNA

HERE, THERE = "198.51.100.21", "203.0.113.9"
SESSION = Session(ANNA, HERE, "10.88.0.5", 1000, 1, None, 100, 100)


def test_a_session_is_as_old_as_openvpns_word_of_it():
    history = SessionHistory()
    history.begin(1, 10.0)
    history.take([SESSION], 10.5)
    assert history.age(SESSION, 10.5) == 0.5
    history.take([SESSION], 12.0)
    assert history.age(SESSION, 12.0) == 2.0


def test_one_that_a_status_shows_first_is_only_as_old_as_that():
    history = SessionHistory()
    history.take([SESSION], 10.0)
    assert history.age(SESSION, 10.0) == 0.0
    history.take([SESSION], 11.0)
    assert history.age(SESSION, 11.0) == 1.0


def test_another_client_of_the_same_name_is_another_session():
    history = SessionHistory()
    history.take([SESSION], 10.0)
    history.take([SESSION], 20.0)
    history.begin(2, 20.4)
    other = replace(SESSION, client=2, public_address=THERE, bytes_received=50)
    assert history.age(other, 20.4) == 0.0
    history.take([other], 20.5)
    assert history.age(other, 20.5) == 20.5 - 20.4
    # It had sent nothing since the first look.
    assert history.earlier(ANNA, 20.5) == [EarlierSession(HERE, 20.4, 20.4 - 10.0)]


def test_a_session_that_sends_is_not_quiet():
    history = SessionHistory()
    for second in range(10):
        history.take([replace(SESSION, bytes_received=100 + second)], 10.0 + second)
    history.take([replace(SESSION, client=2, public_address=THERE)], 20.0)
    assert history.earlier(ANNA, 20.0) == [EarlierSession(HERE, 20.0, 1.0)]


def test_a_float_keeps_the_session_and_its_age():
    history = SessionHistory()
    history.take([SESSION], 10.0)
    moved = replace(SESSION, public_address=THERE)
    history.take([moved], 15.0)
    assert history.age(moved, 15.0) == 5.0
    assert history.earlier(ANNA, 15.0) == []


def test_one_that_ended_first_ended_then():
    history = SessionHistory()
    history.take([SESSION], 10.0)
    history.take([], 11.0)
    history.take([replace(SESSION, client=2, public_address=THERE)], 60.0)
    assert history.earlier(ANNA, 60.0) == [EarlierSession(HERE, 11.0, 50.0)]


def test_after_a_restart_of_openvpn_the_same_number_is_another_session():
    history = SessionHistory()
    history.begin(1, 9.0)
    history.take([SESSION], 10.0)
    history.forget_clients()
    history.take([SESSION], 30.0)
    assert history.age(SESSION, 30.0) == 0.0


def test_what_is_long_gone_is_forgotten_and_flapping_costs_no_memory():
    history = SessionHistory()
    for client in range(50):
        history.take([replace(SESSION, client=client)], 10.0 + client)
    assert len(history.earlier(ANNA, 60.0)) == MOST_EARLIER
    history.take([], 61.0)
    assert history.earlier(ANNA, 61.0 + REMEMBERED_SECONDS) == []
    history.take([], 62.0 + REMEMBERED_SECONDS)
    assert history._present == {}
