"""Time that passes only when a test says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

WEEK = timedelta(days=7)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """From now on it is so much later."""

    def move(span: timedelta, now: Callable[[], Any] = timezone.now) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now() + span)

    return move
