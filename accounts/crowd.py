"""A hash of a password takes a processor for a third of a second: strangers wait in one short line for it.

Anybody can make us hash, from many networks and for addresses that are nobody's. Without this they would hold all
threads of the door, and with them everybody who is known.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# For each process of the people's door, which has eight threads.
AT_WORK = 2
IN_LINE = 4
LONGEST_WAIT = 3.0  # seconds

_line = threading.BoundedSemaphore(IN_LINE)
_work = threading.BoundedSemaphore(AT_WORK)


class Crowded(Exception):
    """The line is full, or does not get shorter."""


@contextmanager
def in_line() -> Iterator[None]:
    """Raises Crowded."""
    if not _line.acquire(blocking=False):
        raise Crowded
    try:
        if not _work.acquire(timeout=LONGEST_WAIT):
            raise Crowded
        try:
            yield
        finally:
            _work.release()
    finally:
        _line.release()
