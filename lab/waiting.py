"""Waiting for a condition instead of for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

from lab.errors import LaboratoryBroken

Answer = TypeVar("Answer")


def wait_until(condition: Callable[[], Answer | None], *, what: str, timeout: float, interval: float = 0.05) -> Answer:
    """Return the condition's first true answer; LaboratoryBroken once `timeout` seconds have passed."""
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise LaboratoryBroken(f"waited {timeout:g} s in vain for {what}")
        time.sleep(interval)
