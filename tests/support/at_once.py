"""Several things at the same moment, each on a thread and a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def at_once(works: Sequence[Callable[[], Any]], *, threads: int | None = None) -> list[Any]:
    """What each returned or raised, in their order. They start together; with `threads`, only so many at a time."""
    together = min(threads or len(works), len(works))
    barrier = threading.Barrier(together)

    def one(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    def start() -> None:
        barrier.wait(timeout=60)

    with ThreadPoolExecutor(together, initializer=start) as pool:
        return list(pool.map(one, works))


def results(outcomes: Sequence[Any]) -> list[Any]:
    """All of them, if nothing failed; else the first failure is raised."""
    found: list[Any] = []
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
        found.append(outcome)
    return found
