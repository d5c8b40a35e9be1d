"""Taking the time."""

import time
from collections.abc import Callable


def milliseconds_of(action: Callable[[], object]) -> float:
    """How long one call took."""
    begin = time.perf_counter()
    action()
    return (time.perf_counter() - begin) * 1000
