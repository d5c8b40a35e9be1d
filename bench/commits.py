"""The moment of a commit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def noting_commits() -> Iterator[Callable[[], float]]:
    """While the block lasts, the yielded function tells when the last transaction that wakes a worker was committed."""
    from notices.operations import wake_worker

    original, noted = wake_worker._send, [0.0]

    def note_and_send(task: str) -> None:
        # The first thing that happens after the commit; the broker comes later.
        noted.append(time.monotonic())
        original(task)

    wake_worker._send = note_and_send
    try:
        yield lambda: noted[-1]
    finally:
        wake_worker._send = original
