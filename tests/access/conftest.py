from typing import Any

import pytest

from tests.access.asking import Street, build_street
from tests.fleet import Fleet, fleet
from tests.machines.doors import answer_as_reported

__all__ = ["fleet"]


@pytest.fixture
def street(fleet: Fleet, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Street:
    answer_as_reported(monkeypatch)
    # Each handler would look at all static files again.
    settings.WHITENOISE_USE_FINDERS = False
    return build_street(fleet)
