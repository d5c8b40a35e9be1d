"""Locks on something that is no row, by a name. PostgreSQL's advisory locks; SQLite has one lock for all that write."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.db import connection, transaction


class SomebodyElseHolds(Exception):
    """Another process has taken this lock. The text names it."""


def share_until_commit(name: str) -> None:
    """Waits while somebody excludes others by this name, and keeps them from it until the transaction ends."""
    if connection.vendor == "postgresql":
        _ask("SELECT pg_advisory_xact_lock_shared(%s::bigint) IS NULL", name)


def exclude_until_commit(name: str) -> None:
    """Never waits: who holds other locks meanwhile may take it. Raises SomebodyElseHolds while anybody shares it."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("This lock ends with a transaction: begin one first.")
    if connection.vendor == "postgresql" and not _ask("SELECT pg_try_advisory_xact_lock(%s::bigint)", name):
        raise SomebodyElseHolds(name)


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """For a command that runs long, over many transactions. Raises SomebodyElseHolds at once; ends with its process."""
    if connection.vendor == "postgresql":
        if not _ask("SELECT pg_try_advisory_lock(%s::bigint)", name):
            raise SomebodyElseHolds(name)
        try:
            yield
        finally:
            _ask("SELECT pg_advisory_unlock(%s::bigint)", name)
        return
    with Path(f"{connection.settings_dict['NAME']}.{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SomebodyElseHolds(name) from None
        yield


def _ask(statement: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_number(name)])
        (answer,) = cursor.fetchone()
    return bool(answer)


def _number(name: str) -> int:
    return int.from_bytes(sha256(f"nsmaas {name}".encode()).digest()[:8], "big", signed=True)
