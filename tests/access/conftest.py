from typing import Any

import pytest

from tests.support.fleet import Fleet, fleet
from tests.support.machines_door import answer_as_reported
from tests.support.street import Street, build_street

__all__ = ["fleet"]


@pytest.fixture
def street(fleet: Fleet, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Street:
    answer_as_reported(monkeypatch)
    # Each handler would look at all static files anew.
    settings.WHITENOISE_USE_FINDERS = False
    return build_street(fleet)
