"""When a report is due, what is in it, and what becomes of it."""

from pathlib import Path
from typing import Any

import pytest

from gateway.locks.cuts import Cut
from gateway.openvpn.sessions import read_sessions
from gateway.to_portal.outbox import MOST_SIGHTINGS, Outbox, Sighting, load_outbox
from gateway.to_portal.reports import Observation, ReportDesk
from tests.support.gateway.facts import ANNA, BERTA, client_row


@pytest.fixture
def desk(tmp_path: Path) -> ReportDesk:
    return ReportDesk(Outbox(tmp_path / "outbox.json"))


def observed(*names: str, **change: Any) -> Observation:
    facts: dict[str, Any] = {
        "generation": 1,
        "openvpn_version": "2.6.14",
        "sessions": read_sessions([client_row(name) for name in names], {}),
        "cuts": [],
        "problems": [],
    }
    return Observation(**(facts | change))


def cut(**change: Any) -> Cut:
    facts: dict[str, Any] = {
        "subject": ANNA,
        "generation": 2,
        "session_gone": True,
        "firewall_closed": True,
        "serials_blocked": True,
        "client_config_removed": True,
        "took_ms": 20,
    }
    return Cut(**(facts | change))


def sighting(number: int = 1) -> Sighting:
    return Sighting(str(number), "198.51.100.20", "2026-01-01T00:00:00Z", "line")


def test_the_first_report_is_whole(desk: ReportDesk) -> None:
    report = desk.compose(observed(ANNA), 0)
    assert report is not None
    sessions = report["sessions"]
    assert isinstance(sessions, dict)
    assert (report["sequence"], sessions["full"], [up["subject"] for up in sessions["up"]]) == (1, True, [ANNA])


def test_nothing_is_sent_while_nothing_changes_but_a_snapshot(desk: ReportDesk) -> None:
    desk.compose(observed(ANNA), 0)
    desk.acknowledged()
    assert desk.compose(observed(ANNA), 29) is None
    assert desk.compose(observed(ANNA), 30) is not None


def test_one_report_at_a_time(desk: ReportDesk) -> None:
    desk.compose(observed(ANNA), 0)
    assert desk.compose(observed(ANNA, BERTA), 1) is None


def test_between_snapshots_only_what_changed_is_sent(desk: ReportDesk) -> None:
    desk.compose(observed(ANNA), 0)
    desk.acknowledged()
    report = desk.compose(observed(BERTA), 1)
    assert report is not None
    sessions = report["sessions"]
    assert isinstance(sessions, dict)
    assert (sessions["full"], [up["subject"] for up in sessions["up"]], sessions["down"]) == (False, [BERTA], [ANNA])


def test_sessions_that_cannot_be_seen_are_not_told_as_gone(desk: ReportDesk) -> None:
    desk.compose(observed(ANNA), 0)
    desk.acknowledged()
    report = desk.compose(observed(sessions=None, problems=[{"code": "x", "detail": "y"}]), 1)
    assert report is not None
    assert report["sessions"] == {"full": False, "up": [], "down": []}
    desk.acknowledged()
    whole = desk.compose(observed(), 2)
    assert whole is not None
    assert whole["sessions"] == {"full": True, "up": [], "down": []}


def test_a_report_that_may_be_lost_is_followed_by_a_whole_one_with_a_higher_number(desk: ReportDesk) -> None:
    desk.compose(observed(ANNA), 0)
    desk.failed(0, jitter=1)
    assert desk.compose(observed(ANNA), 0.1) is None
    report = desk.compose(observed(ANNA), 1)
    assert report is not None
    sessions = report["sessions"]
    assert isinstance(sessions, dict)
    assert (report["sequence"], sessions["full"]) == (2, True)


def test_the_back_off_never_exceeds_five_seconds(desk: ReportDesk) -> None:
    now = 0.0
    for _ in range(20):
        assert desk.compose(observed(), now) is not None
        desk.failed(now, jitter=1)
        now = desk.next_step()
    desk.compose(observed(), now)
    desk.failed(now, jitter=1)
    assert desk.next_step() - now <= 5


def test_a_cut_is_sent_again_until_it_was_acknowledged(desk: ReportDesk) -> None:
    first = desk.compose(observed(cuts=[cut()]), 0)
    desk.failed(0, jitter=1)
    second = desk.compose(observed(cuts=[cut()]), 10)
    assert first is not None
    assert second is not None
    assert first["cuts"] == second["cuts"] == [cut().as_json()]
    assert desk.acknowledged() == [cut()]


def test_a_cut_whose_session_is_gone_is_told_of_after_a_while_though_a_lock_is_open(desk: ReportDesk) -> None:
    """Its `took_ms` stands still then: on a full disk it would never be told of."""
    desk.compose(observed(), 0)
    desk.acknowledged()
    half = cut(serials_blocked=False, took_ms=20)
    assert desk.compose(observed(cuts=[half]), 1) is None
    assert desk.compose(observed(cuts=[half]), 1.6) is not None


def test_an_unfinished_cut_is_told_after_a_while_and_again_when_it_is_finished(desk: ReportDesk) -> None:
    desk.compose(observed(), 0)
    desk.acknowledged()
    young, old = cut(session_gone=False, took_ms=100), cut(session_gone=False, took_ms=600)
    assert desk.compose(observed(cuts=[young]), 1) is None
    assert desk.compose(observed(cuts=[old]), 2) is not None
    assert desk.acknowledged() == []
    assert desk.compose(observed(cuts=[old]), 3) is None
    assert desk.compose(observed(cuts=[cut(took_ms=700)]), 4) is not None
    assert desk.acknowledged() == [cut(took_ms=700)]


def test_a_replayed_number_goes_on_from_the_portals(desk: ReportDesk) -> None:
    desk.compose(observed(), 0)
    desk.replayed(41, 0, jitter=1)
    report = desk.compose(observed(), 10)
    assert report is not None
    assert report["sequence"] == 42


def test_a_report_refused_as_faulty_is_sent_without_its_sightings(desk: ReportDesk) -> None:
    desk.outbox.add_sighting(sighting())
    first = desk.compose(observed(cuts=[cut()]), 0)
    desk.refused(0, jitter=1)
    second = desk.compose(observed(cuts=[cut()]), 10)
    assert first is not None
    assert second is not None
    assert (len(first["sightings"]), second["sightings"]) == (1, [])  # type: ignore[arg-type]
    assert second["cuts"]


def test_a_box_that_knocks_all_the_time_makes_one_report_a_second(desk: ReportDesk) -> None:
    desk.compose(observed(), 0)
    desk.acknowledged()
    desk.outbox.add_sighting(sighting(1))
    assert desk.compose(observed(), 0.5) is None
    assert desk.next_step() == 1
    assert desk.compose(observed(), 1) is not None


def test_sightings_are_kept_once_bounded_and_across_a_restart(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.json")
    assert outbox.add_sighting(sighting())
    assert not outbox.add_sighting(sighting())
    for number in range(2, MOST_SIGHTINGS + 10):
        outbox.add_sighting(sighting(number))
    assert outbox.next_sequence() == 1
    again = load_outbox(tmp_path / "outbox.json")
    assert len(again.sightings) == MOST_SIGHTINGS
    assert again.sightings[-1] == sighting(MOST_SIGHTINGS + 9)
    assert not again.add_sighting(sighting(MOST_SIGHTINGS + 9))
    assert again.next_sequence() == 2


@pytest.mark.parametrize("content", ["", "{}", '{"sequence": 1, "sightings": [{"serial": "x"}], "seen": []}'])
def test_a_damaged_outbox_starts_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "outbox.json").write_text(content)
    assert load_outbox(tmp_path / "outbox.json").sequence == 0


def test_a_full_disk_does_not_silence_the_agent(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "missing" / "outbox.json")
    assert ReportDesk(outbox).compose(observed(), 0) is not None
    assert outbox.problem
