"""Purses in the database: the embedded default, and what is left while Redis is out of reach."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from limits.budget import Purse
from limits.models import SpentPurse

_TABLE = SpentPurse._meta.db_table
# One statement looks and takes, so two at once are two. It is `Purse.after`, as SQL; no row comes back if none is left.
_TAKE = f"""
    INSERT INTO {_TABLE} (key, full_at) VALUES (%(key)s, %(first)s)
    ON CONFLICT (key) DO UPDATE SET full_at = CASE
        WHEN {_TABLE}.full_at < %(now)s OR {_TABLE}.full_at > %(absurd)s THEN %(first)s
        ELSE {_TABLE}.full_at + %(refill)s END
    WHERE {_TABLE}.full_at <= %(latest)s OR {_TABLE}.full_at > %(absurd)s
    RETURNING full_at"""  # noqa: S608  # our own table's name
_GIVE_BACK = f"UPDATE {_TABLE} SET full_at = full_at - %s WHERE key = %s"  # noqa: S608  # the same


class DatabaseStore:
    def spend(self, purses: Sequence[Purse], now: int) -> int:
        """Raises RuntimeError inside a transaction: if that were rolled back, the try would not have been counted."""
        # A flood that is refused in any case takes no lock and writes nothing.
        return self._longest_wait(purses, now) or self._take_all(purses, now)

    def give_back(self, purses: Sequence[Purse]) -> None:
        with transaction.atomic(), transaction.get_connection().cursor() as cursor:
            for purse in _in_one_order(purses):
                cursor.execute(_GIVE_BACK, [purse.refill, purse.key])

    def _longest_wait(self, purses: Iterable[Purse], now: int) -> int:
        by_key = {purse.key: purse for purse in purses}
        known = SpentPurse.objects.filter(pk__in=by_key).values_list("key", "full_at")
        return max((by_key[key].wait(full_at, now) for key, full_at in known), default=0)

    def _take_all(self, purses: Sequence[Purse], now: int) -> int:
        with transaction.atomic(durable=True), transaction.get_connection().cursor() as cursor:
            for purse in _in_one_order(purses):
                values = {
                    "key": purse.key,
                    "first": now + purse.refill,
                    "now": now,
                    "refill": purse.refill,
                    "latest": purse.latest(now),
                    "absurd": purse.absurd(now),
                }
                cursor.execute(_TAKE, values)
                if cursor.fetchone() is None:
                    transaction.set_rollback(True)
                    return purse.refill
        return 0


def _in_one_order(purses: Iterable[Purse]) -> list[Purse]:
    """Two that need the same purses lock them in the same order, and so never wait for each other."""
    return sorted(purses, key=lambda purse: purse.key)
