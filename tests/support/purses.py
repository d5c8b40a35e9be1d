"""Limits in tests that are about something else, and time that passes only when a test says so."""

import pytest

from limits.models import SpentPurse


def fill_purses() -> None:
    """As if time had gone by since the last tries."""
    SpentPurse.objects.all().delete()


class Clock:
    """The limits' time, which a test moves on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 1_800_000_000.0
        monkeypatch.setattr("limits.spending._now", lambda: int(self.seconds * 1000))

    def move_on(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)
