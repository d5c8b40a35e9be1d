"""Waiting for what a test expects, for as long as a busy machine may need."""

import time
from collections.abc import Callable

BUSY = 4  # times the seconds of a quiet machine: who waits for what is coming loses nothing by patience


def wait_until(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Fails loudly with `what` when the condition has not come true in so many seconds of a quiet machine.

    The laboratory has one of its own (`lab.waiting`), which ends with its error and without a test.
    """
    deadline = time.monotonic() + seconds * BUSY
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds * BUSY} s: {what}")
        time.sleep(0.01)
