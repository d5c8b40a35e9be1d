"""Take one out of purses, or be refused."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from limits.budget import Purse
from limits.stores import OutOfReach, Store, configured_store, fallback_store

logger = logging.getLogger(__name__)


class OutOfBudget(Exception):
    """One of the purses is empty. `seconds` until there is one left in each, as far as can be told now."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Spent:
    """What was taken, and where it was counted."""

    _store: Store

    def give_back(self, *purses: Purse) -> None:
        """For those that only count what failed. Lost if the store has gone meanwhile: then one less is left."""
        try:
            self._store.give_back(purses)
        except OutOfReach:
            logger.warning("the store of limits is out of reach: a try that was right stays counted")


def spend(*purses: Purse) -> Spent:
    """One out of each, or nothing: raises OutOfBudget. Outside of any transaction, whose end must not undo it.

    While Redis is out of reach the database counts. Nobody may be kept out by that, neither may it double what
    a guesser has: purses whose budget says so hold `in_need` there.
    """
    store = configured_store()
    try:
        return _spent(store, purses)
    except OutOfReach as error:
        if error.args:
            logger.warning("limits are counted in the database: Redis is out of reach (%s)", error)
        return _spent(fallback_store(), [purse.as_in_need() for purse in purses])


def forgive(*purses: Purse) -> None:
    """Puts one back into each, for something that has turned out well long after it was counted."""
    Spent(configured_store()).give_back(*purses)


def _spent(store: Store, purses: Sequence[Purse]) -> Spent:
    if wait := store.spend(purses, _now()):
        raise OutOfBudget(wait / 1000)
    return Spent(store)


def _now() -> int:
    return time.time_ns() // 1_000_000
