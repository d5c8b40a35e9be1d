"""An answer that is worth keeping for a moment, so that many who ask cost what one costs."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class NotInTime(Exception):
    """Somebody else is finding it out and has not finished yet."""


class Kept(Generic[Value]):
    """`make` is called by one thread at a time. What it raises is kept like an answer. All times are in seconds.

    What took long to make is kept for at least `times` as long, so that making it takes a bounded share of the time.
    While it is made again, what was made before is answered for `stale` more seconds, so that only the one who makes
    it waits.
    """

    def __init__(
        self,
        make: Callable[[], Value],
        *,
        seconds: float,
        patience: float = 2.0,
        times: float = 0.0,
        stale: float = 0.0,
    ) -> None:
        self._make, self._seconds, self._patience, self._times, self._stale = make, seconds, patience, times, stale
        self._changed = threading.Condition()
        self._is_made = False
        self._value: Value | None = None
        self._error: Exception | None = None
        self._until = 0.0

    def get(self) -> Value:
        """Raises NotInTime after `patience`, or what `make` raised."""
        with self._changed:
            if time.monotonic() >= self._until:
                if not self._is_made:
                    return self._made()
                if self._until and self._error is None and time.monotonic() < self._until + self._stale:
                    return self._answer()
                # A thread of a door is worth more than an answer: a thread that hangs here hangs for a moment only.
                if not self._changed.wait_for(lambda: not self._is_made, timeout=self._patience):
                    raise NotInTime
            return self._answer()

    def forget(self) -> None:
        """The next one who asks finds it out again."""
        with self._changed:
            self._until = 0.0

    def _made(self) -> Value:
        """With the lock, which it lets go meanwhile."""
        self._is_made = True
        self._changed.release()
        began = time.monotonic()
        value: Value | None = None
        error: Exception | None = None
        try:
            value = self._make()
        except Exception as raised:
            error = raised
        finally:
            self._changed.acquire()
            self._value, self._error = value, error
            now = time.monotonic()
            self._until = now + max(self._seconds, self._times * (now - began))
            self._is_made = False
            self._changed.notify_all()
        return self._answer()

    def _answer(self) -> Value:
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]  # None only where `make` gives None
