"""Work that nobody waits for, done by one thread once the answer is on its way.

How long an answer takes must not tell whether an address is somebody's. One thread means one connection, however many
knock. What waits when the process is killed is lost.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

logger = logging.getLogger(__name__)


class AfterTheAnswer:
    """`what` stands in the log, `places` bounds what waits in memory."""

    def __init__(self, name: str, *, what: str, places: int) -> None:
        self.pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._what = what
        self._places = places
        self._free = threading.BoundedSemaphore(places)

    def do(self, work: Callable[[], None]) -> None:
        """Outside a transaction at once, which is how the pages run."""
        transaction.on_commit(lambda: self._hand_over(work))

    def _hand_over(self, work: Callable[[], None]) -> None:
        if self._free.acquire(blocking=False):
            self.pool.submit(self._apart, work)
        else:
            logger.warning("%s: %s wait already, one more was dropped", self._what, self._places)

    def _apart(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # nobody waits for this thread, so it has to speak itself
            logger.error("%s: one failed: %s", self._what, type(error).__name__)
        finally:
            connection.close()
            self._free.release()
