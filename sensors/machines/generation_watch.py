"""Waiting for a gateway's next generation: one thread of the process asks the database for all who wait.

So twenty waiting gateways cost one small query every INTERVAL, not twenty, and none while nobody waits.
"""

import logging
import threading
import time
from uuid import UUID

from django.db import DatabaseError, connection

from sensors.models import Gateway

INTERVAL = 0.03  # seconds: half of it is what a change waits on average before an agent hears of it
PAUSE_AFTER_ERROR = 0.5  # seconds

logger = logging.getLogger(__name__)

_condition = threading.Condition()
_generations: dict[UUID, int] = {}
_waiting = 0
_thread: threading.Thread | None = None


def wait_for_generation(*, gateway: Gateway, above: int, seconds: float) -> bool:
    """Did the generation rise above `above` within `seconds`? Lets the caller's database connection go meanwhile."""
    global _waiting, _thread
    connection.close()
    deadline = time.monotonic() + seconds
    with _condition:
        _waiting += 1
        # What an earlier wait saw may be old: only what the watcher reads from now on counts.
        _generations.pop(gateway.pk, None)
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_watch, name="generation-watch", daemon=True)
            _thread.start()
        try:
            return _condition.wait_for(
                lambda: _generations.get(gateway.pk, above) > above,
                timeout=max(0.0, deadline - time.monotonic()),
            )
        finally:
            _waiting -= 1


def _watch() -> None:
    """Ends with the last waiter; the next one starts it anew."""
    global _thread
    try:
        while True:
            with _condition:
                if _waiting == 0:
                    _thread = None
                    return
            try:
                seen = dict(Gateway.objects.values_list("pk", "generation"))
            except DatabaseError as error:
                logger.warning("cannot ask for generations, trying on: %s", type(error).__name__)
                connection.close()
                time.sleep(PAUSE_AFTER_ERROR)
                continue
            with _condition:
                _generations.update(seen)
                _condition.notify_all()
            time.sleep(INTERVAL)
    finally:
        connection.close()
