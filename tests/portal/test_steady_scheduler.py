"""What is done regularly goes on: after a power cut, and when the host's time jumps."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery.beat import ScheduleEntry

from portal.celery import app
from portal.steady_scheduler import SteadyScheduler

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


class HostsTime:
    """The host's time of day, and what beat has sent by it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.sent = NOON, Counter[str]()
        monkeypatch.setattr(app, "now", lambda: self.now)
        for schedule in (entry["schedule"] for entry in app.conf.beat_schedule.values()):
            assert isinstance(schedule, float)
        self.scheduler = SteadyScheduler(app=app, lazy=False)
        monkeypatch.setattr(self.scheduler, "apply_entry", self._note)

    def _note(self, entry: ScheduleEntry, **_: object) -> None:
        self.sent[str(entry.task)] += 1

    def run(self, seconds: int) -> Counter[str]:
        """So long by a stopwatch; what was sent meanwhile."""
        self.sent.clear()
        end = self.now + timedelta(seconds=seconds)
        while self.now < end:
            pause = self.scheduler.tick()
            self.now += timedelta(seconds=max(pause, 0.01))
        return self.sent.copy()


@pytest.fixture
def hosts_time(monkeypatch: pytest.MonkeyPatch) -> HostsTime:
    return HostsTime(monkeypatch)


def test_each_task_is_sent_as_often_as_its_interval_says(hosts_time: HostsTime):
    sent = hosts_time.run(600)
    for entry in app.conf.beat_schedule.values():
        assert abs(sent[entry["task"]] - 600 / entry["schedule"]) <= 2, entry


@pytest.mark.parametrize("seconds", [-3000 * 86400, -3600, -20, 86400])
def test_a_jump_of_the_hosts_time_stops_nothing(hosts_time: HostsTime, seconds: int):
    before = hosts_time.run(600)
    hosts_time.now += timedelta(seconds=seconds)
    after = hosts_time.run(600)
    assert set(after) == {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert all(after[task] >= before[task] - 1 for task in before)


def test_nothing_is_done_so_rarely_that_a_restart_could_put_it_off_for_long():
    """There is no memory of the last time. What is done daily needs a row in the database that says when it was."""
    assert max(entry["schedule"] for entry in app.conf.beat_schedule.values()) <= 300


def test_no_file_is_left(hosts_time: HostsTime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert app.conf.beat_scheduler == "portal.steady_scheduler:SteadyScheduler"
    hosts_time.run(60)
    hosts_time.scheduler.close()
    assert list(tmp_path.iterdir()) == []
