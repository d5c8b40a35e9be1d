"""Health that is found out new at each question: what one test found is no answer in the next one's database."""

import pytest

from limits.kept import Kept
from portal.monitoring import health, readiness


def keep_no_health(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(health, "_NOT_READY", Kept(readiness.what_is_not_ready, seconds=0))
    patch.setattr(readiness, "_SLOWER", Kept(readiness._look_slower, seconds=0))
