"""Of the threads and the processor time of one process each gateway gets its share, however much it asks for.

One call of a kind at a time, and after one that took long a rest as long: so whoever asks for the dearest answer there
is, again and again, leaves half of one thread's time unused and all the other threads to others.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

# In seconds. What every honest call takes has no rest after it: a cut-off may follow at once.
CHEAP = 0.1
LONGEST_REST = 2.0


class ShareUsedUp(Exception):
    """This gateway has a call of this kind under way, or must rest; `seconds` is how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__("This machine asks for more than its share.")
        self.seconds = seconds


class FairShares:
    """Those of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free_at: dict[tuple[str, UUID], float] = {}

    @contextmanager
    def one_of(self, *, kind: str, gateway: UUID) -> Iterator[None]:
        """Raises ShareUsedUp, and then nothing was begun."""
        key, began = (kind, gateway), time.monotonic()
        with self._lock:
            wait = self._free_at.get(key, 0.0) - began
            if wait > 0:
                raise ShareUsedUp(min(wait, LONGEST_REST))
            self._free_at[key] = float("inf")
        try:
            yield
        finally:
            now = time.monotonic()
            with self._lock:
                took = now - began
                self._free_at[key] = now + (min(took, LONGEST_REST) if took > CHEAP else 0.0)


SHARES = FairShares()
