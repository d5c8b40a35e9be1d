"""The clock's schedule: nothing of it lies on disk, and it goes on when the host's time is set back.

Celery's own keeps a file, which a power cut can leave in a state that it does not survive, and counts by the time of
day: set back by an hour, nothing is done for an hour. Nothing here is done so rarely that it had to be remembered.
"""

import logging
from typing import Any

from celery.beat import Scheduler

logger = logging.getLogger(__name__)


class SteadyScheduler(Scheduler):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._latest = self.app.now()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """In seconds, until it wants to be called again."""
        now = self.app.now()
        if now < self._latest:
            logger.warning("the host's time was set back by %.0f s", (self._latest - now).total_seconds())
            for entry in self.schedule.values():
                entry.last_run_at = now
            # It holds times that lie too far ahead now.
            self._heap = None
        self._latest = now
        return super().tick(*args, **kwargs)
