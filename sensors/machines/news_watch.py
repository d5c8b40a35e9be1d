"""Waiting for news of a gateway: one thread of the process asks the database for all who wait.

So twenty waiting gateways cost one small query every interval, not twenty, and none while nobody waits.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar
from uuid import UUID

from django.db import DatabaseError, connection

PAUSE_AFTER_ERROR = 0.5  # seconds

logger = logging.getLogger(__name__)
News = TypeVar("News")


class NewsWatch(Generic[News]):
    """`read` gives the news of all gateways that have some; `interval` is in seconds between two readings."""

    def __init__(self, name: str, read: Callable[[], Mapping[UUID, News]], *, interval: float) -> None:
        self._name, self._read, self._interval = name, read, interval
        self._condition = threading.Condition()
        self._seen: dict[UUID, News] = {}
        self._waiting = 0
        self._thread: threading.Thread | None = None

    def wait(
        self,
        *,
        gateway: UUID,
        is_news: Callable[[News], bool],
        seconds: float,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> bool:
        """Was there news within `seconds`, while it went on? Lets the caller's database connection go meanwhile."""
        connection.close()
        deadline = time.monotonic() + seconds

        def has_come() -> bool:
            return gateway in self._seen and is_news(self._seen[gateway])

        with self._condition:
            self._waiting += 1
            # What an earlier wait saw may be old: only what the watcher reads from now on counts.
            self._seen.pop(gateway, None)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, name=f"{self._name}-watch", daemon=True)
                self._thread.start()
            try:
                self._condition.wait_for(
                    lambda: has_come() or not goes_on(), timeout=max(0.0, deadline - time.monotonic())
                )
                return has_come()
            finally:
                self._waiting -= 1

    def _watch(self) -> None:
        """Ends with the last who waits; the next one starts it again."""
        try:
            while True:
                with self._condition:
                    if self._waiting == 0:
                        self._thread = None
                        return
                try:
                    seen = dict(self._read())
                except DatabaseError as error:
                    logger.warning("cannot ask for %ss, trying on: %s", self._name, type(error).__name__)
                    connection.close()
                    time.sleep(PAUSE_AFTER_ERROR)
                    continue
                with self._condition:
                    self._seen = seen
                    self._condition.notify_all()
                time.sleep(self._interval)
        finally:
            connection.close()
