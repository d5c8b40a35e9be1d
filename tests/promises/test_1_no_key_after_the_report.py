"""Promise 1: once the answer to a loss report has been sent, no request that begins later gets that key."""

import random
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection

from sensors.models import Sensor
from tenants.models import AuditEntry
from tests.support.at_once import at_once, results
from tests.support.fleet import Fleet
from tests.support.machines_door import Machine, answer_as_reported, let_ask_without_end, open_machines_door
from tests.support.soaking import note, rounds


def askers() -> int:
    """On SQLite as many as the machines' door has threads: its one write lock is taken by chance, not in turn."""
    return 32 if connection.vendor == "postgresql" else 8


@dataclass
class Race:
    """When the report was answered, by this machine's monotonic clock; and what each request for the key was told."""

    reported: float = 0
    answered: float | None = None
    asked: list[tuple[float, int]] = field(default_factory=list)

    def late_releases(self) -> list[tuple[float, int]]:
        assert self.answered is not None
        return [(began, status) for began, status in self.asked if began > self.answered and status == 200]


@pytest.fixture
def _door(settings: Any, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    open_machines_door(settings, tmp_path_factory.getbasetemp() / "machines-state")
    answer_as_reported(monkeypatch)
    let_ask_without_end(monkeypatch)


def race(fleet: Fleet, sensor: Sensor) -> Race:
    """Askers that do not stop before each has asked twice after the report's answer."""
    clock = Race()
    box = Machine.with_certificate(fleet.certificate_of(sensor), sensor.address)
    deadline = time.monotonic() + 60

    def ask() -> None:
        after = 0
        while after < 2 and time.monotonic() < deadline:
            began = time.monotonic()
            clock.asked.append((began, box.post("/v1/disk-key").status_code))
            after += clock.answered is not None and began > clock.answered

    def report() -> None:
        time.sleep(random.random() * 0.1)  # noqa: S311  # not a secret
        clock.reported = time.monotonic()
        fleet.reported(sensor)
        clock.answered = time.monotonic()

    results(at_once([report, *[ask] * askers()]))
    return clock


@pytest.mark.usefixtures("_door")
def test_many_who_ask_at_the_moment_of_the_report_get_nothing_after_its_answer(committed_fleet: Fleet):
    wanted = rounds(suite=6 if connection.vendor == "postgresql" else 2, soak=200)
    began, asked, released, late, slowest = time.monotonic(), 0, 0, 0, 0.0
    for number in range(wanted):
        sensor = committed_fleet.connected(f"box-{number}")
        clock = race(committed_fleet, sensor)
        assert {status for _, status in clock.asked} <= {200, 403}
        asked += len(clock.asked)
        released += sum(status == 200 for _, status in clock.asked)
        late += len(clock.late_releases())
        slowest = max(slowest, (clock.answered or 0) - clock.reported)
        # The chain is a queue, so its order is that of the commits: nothing is released behind the report.
        actions = [
            entry.action
            for entry in AuditEntry.objects.filter(chain__customer=committed_fleet.world.harbour)
            .filter(subject__in=[f"sensor:{sensor.subject}", f"case:{sensor.cases.get().pk}"])
            .order_by("sequence")
        ]
        assert "sensor:disk-key:release" not in actions[actions.index("case:open") :]
        assert late == 0
    note(
        f"key requests against a report ({connection.vendor})",
        f"{wanted} rounds of {askers()}, {asked} requests, {released} released before, {late} after; "
        f"slowest report {slowest:.1f} s; {time.monotonic() - began:.0f} s in all",
    )
    # Without a release the race was none: the askers came too late.
    assert released > 0
