"""Where purses are kept. Both stores take one out of several purses in one step, or out of none."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from django.conf import settings

from limits.budget import Purse

DATABASE = "database"


class Store(Protocol):
    def spend(self, purses: Sequence[Purse], now: int) -> int:
        """Zero if one was taken out of each; else nothing was, and so many milliseconds are to be waited."""

    def give_back(self, purses: Sequence[Purse]) -> None: ...


class OutOfReach(Exception):
    """The store does not answer, or cannot write."""


def configured_store() -> Store:
    return _store_at(settings.LIMITS_URL)


def fallback_store() -> Store:
    return _store_at(DATABASE)


@lru_cache
def _store_at(url: str) -> Store:
    # Only the one that is used is imported: the machines' door, say, needs no Redis.
    if url == DATABASE:
        from limits.stores.database import DatabaseStore

        return DatabaseStore()
    from limits.stores.redis import RedisStore

    return RedisStore(url)
