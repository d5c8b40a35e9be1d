from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from pki.escrow.vault import disk_key_since
from tests.support.fleet import fleet
from tests.support.sensors.elsewhere import other, pier

__all__ = ["fleet", "other", "pier"]


@pytest.fixture
def old_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each disk key had been made yesterday: rows of keys never change, not even for tests."""
    yesterday = timezone.now() - timedelta(days=1)

    def since(*, subject: str) -> datetime | None:
        return yesterday if disk_key_since(subject=subject) else None

    monkeypatch.setattr("sensors.keys.operations.settled_changes.disk_key_since", since)
