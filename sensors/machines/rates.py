"""How often a machine may make each call: enough for an honest one many times over, and no more for any.

Counted in the memory of each worker process, so a machine may have twice as much where there are two. What a machine
uses up here is its own.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

# Of machines that were heard of last; the others have long had all their tries back.
MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` calls at once, and `a_minute` from then on."""

    burst: int
    a_minute: float


class Rates:
    """Token buckets, one for each machine and call (RFC 2697 has the idea)."""

    def __init__(self, *, factor: float = 1.0) -> None:
        """`factor` is for benchmarks, in which few machines stand for many."""
        self._factor, self._lock = factor, threading.Lock()
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def wait_for(self, *, machine: str, call: str, rate: Rate) -> float:
        """Seconds until this machine may make this call; 0 takes one of its tries and lets it."""
        now = time.monotonic()
        burst, a_second = rate.burst * self._factor, rate.a_minute * self._factor / 60
        with self._lock:
            left, at = self._left.pop((machine, call), (burst, now))
            left = min(burst, left + (now - at) * a_second)
            allowed = left >= 1
            self._left[machine, call] = (left - 1 if allowed else left, now)
            if len(self._left) > MOST_REMEMBERED:
                self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / a_second
