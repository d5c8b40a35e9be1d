"""Two OpenVPNs and one picture: who holds an address, who is ended, and what is not known."""

from pathlib import Path
from typing import Any

import pytest

from gateway.openvpn.session_watches import SessionWatches
from gateway.openvpn.sessions import FIRST_TCP_CLIENT, Session
from tests.support.gateway.facts import ANNA, BERTA

FAR = 10.0**9


def session(subject: str, client: int, *, since: int = 1000) -> Session:
    return Session(subject, "198.51.100.21", "10.88.0.5", since, client, None, 100, 100)


@pytest.fixture
def watches(tmp_path: Path) -> SessionWatches:
    """Nobody is at the sockets: what each of the two sees is put there by `show`."""

    def nothing(_refusal: object) -> None: ...

    made = SessionWatches(udp=tmp_path / "a.sock", tcp=tmp_path / "b.sock", on_refusal=nothing)
    made.want_tcp(0.0, wanted=True)
    for watch in (made.udp, made.tcp):
        watch._next_step = FAR
    return made


@pytest.fixture
def ended(watches: SessionWatches, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, watch in (("udp", watches.udp), ("tcp", watches.tcp)):

        def note(subjects: Any, name: str = name) -> None:
            found.extend((name, subject) for subject in subjects)

        monkeypatch.setattr(watch, "end", note)
    return found


def show(watches: SessionWatches, at: float, *, udp: list[Session] | None, tcp: list[Session] | None) -> None:
    for watch, listed in ((watches.udp, udp), (watches.tcp, tcp)):
        watch.sessions = None if listed is None else {one.subject: one for one in listed}
        watch.live = frozenset(watch.sessions or ())
        watch.seen_at = at
    watches.tick(at)


def test_boxes_of_both_are_one_picture(watches: SessionWatches, ended: list[tuple[str, str]]) -> None:
    show(watches, 5.0, udp=[session(ANNA, 1)], tcp=[session(BERTA, FIRST_TCP_CLIENT + 1)])
    assert watches.is_whole
    assert watches.sessions == watches.last_known
    assert watches.sessions is not None
    assert (set(watches.sessions), set(watches.live)) == ({ANNA, BERTA}, {ANNA, BERTA})
    assert ended == []


@pytest.mark.parametrize("later_one", ["udp", "tcp"])
def test_of_two_sessions_the_later_one_counts_and_the_other_is_ended_once_a_look(
    watches: SessionWatches, ended: list[tuple[str, str]], later_one: str
) -> None:
    """Though the clock was set back in between: by it the first began last."""
    by_udp, by_tcp = session(ANNA, 1, since=1000), session(ANNA, FIRST_TCP_CLIENT, since=1000)
    first, later = (by_tcp, by_udp) if later_one == "udp" else (by_udp, by_tcp)
    watches.history.begin(first.client, 3.0)
    watches.history.begin(later.client, 4.0)
    show(watches, 5.0, udp=[by_udp], tcp=[by_tcp])
    watches.tick(5.0)
    assert watches.sessions == {ANNA: later}
    assert ended == [("tcp" if later_one == "udp" else "udp", ANNA)]
    show(watches, 6.0, udp=[by_udp], tcp=[by_tcp])
    assert len(ended) == 2


def test_two_that_were_there_before_the_agent_are_told_apart_by_their_times(
    watches: SessionWatches, ended: list[tuple[str, str]]
) -> None:
    show(watches, 5.0, udp=[session(ANNA, 1, since=1000)], tcp=[session(ANNA, FIRST_TCP_CLIENT, since=1001)])
    assert ended == [("udp", ANNA)]


def test_a_box_of_one_that_is_not_seen_is_neither_there_nor_gone(
    watches: SessionWatches, ended: list[tuple[str, str]]
) -> None:
    show(watches, 5.0, udp=[session(ANNA, 1)], tcp=[session(BERTA, FIRST_TCP_CLIENT)])
    show(watches, 6.0, udp=[session(ANNA, 1)], tcp=None)
    assert not watches.is_whole
    assert watches.sessions is not None
    assert watches.last_known is not None
    assert (set(watches.sessions), set(watches.last_known)) == ({ANNA}, {ANNA, BERTA})
    show(watches, 7.0, udp=None, tcp=None)
    assert watches.sessions is None


def test_one_that_moved_meanwhile_is_where_it_is_seen(watches: SessionWatches, ended: list[tuple[str, str]]) -> None:
    show(watches, 5.0, udp=[], tcp=[session(ANNA, FIRST_TCP_CLIENT)])
    show(watches, 6.0, udp=[session(ANNA, 2)], tcp=None)
    assert watches.last_known == {ANNA: session(ANNA, 2)}


def test_nothing_seen_is_newer_than_the_older_look(watches: SessionWatches, ended: list[tuple[str, str]]) -> None:
    show(watches, 5.0, udp=[], tcp=[])
    watches.udp.seen_at = 6.0
    assert watches.seen_at == 5.0


def test_without_a_listener_by_tcp_all_is_as_with_one_alone(
    watches: SessionWatches, ended: list[tuple[str, str]]
) -> None:
    watches.want_tcp(0.0, wanted=False)
    show(watches, 5.0, udp=[session(ANNA, 1)], tcp=None)
    assert watches.is_whole
    assert watches.sessions == {ANNA: session(ANNA, 1)}
    assert watches.seen_at == 5.0
