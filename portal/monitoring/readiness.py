"""Whether this process can do its work: asked of what it needs, at this moment, with the rights that it has."""

import logging
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from database.dead_connections import forget_dead_connections
from database.roles.declaration import Role, login_of
from limits.kept import Kept
from pki.checks import check_key_encryption_key_of_database
from pki.grants import NEED_KEY_ENCRYPTION_KEY
from portal.database_role import rights_that_are_missing

logger = logging.getLogger(__name__)

# The parts, as they are named to strangers.
DATABASE = "database"
READ_ONLY = "database-read-only"
MIGRATIONS = "migrations"
RIGHTS = "rights"
KEYS = "keys"


def what_is_not_ready() -> tuple[str, ...]:
    """The names of the parts; none if all is well.

    Redis is not among them: while it is away the database counts tries, and sweeps find the work of the workers.
    """
    try:
        if _is_read_only():
            return (READ_ONLY,)
        missing = [MIGRATIONS] if migrations_that_are_missing() else []
        return (*missing, *_SLOWER.get())
    except (DatabaseError, InterfaceError) as error:
        # The words are for the log alone: they may hold an address.
        logger.warning("not ready: %s", type(error).__name__)
        return (DATABASE,)


def _is_read_only() -> bool:
    """Of two hosts of PostgreSQL one follows the other: it answers, and takes nothing in."""
    question = "SELECT 1" if connection.vendor == "sqlite" else "SELECT pg_is_in_recovery()"
    try:
        found = _ask(question)
    except (OperationalError, InterfaceError):
        # A connection that an earlier server has left behind says nothing of this one.
        forget_dead_connections()
        found = _ask(question)
    return found is True


def _ask(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def migrations_that_are_missing() -> frozenset[tuple[str, str]]:
    """Of the applications that this process has, by application and name. One that it does not know is no fault.

    So the old processes go on while an upgrade migrates.
    """
    with connection.cursor() as cursor:
        # Not by Django's recorder, which looks for the table first, in the whole catalog.
        cursor.execute("SELECT app, name FROM django_migrations")
        return _last_migrations() - set(cursor.fetchall())


@lru_cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _look_slower() -> tuple[str, ...]:
    """What changes only by somebody's hand, and costs some milliseconds."""
    parts = []
    if settings.PROCESS in set(Role) and rights_that_are_missing(login_of(settings.PROCESS)):
        parts.append(RIGHTS)
    # A process that needs no key may not even read what the key is tried on.
    if settings.PROCESS in NEED_KEY_ENCRYPTION_KEY and check_key_encryption_key_of_database(databases=["default"]):
        parts.append(KEYS)
    return tuple(parts)


_SLOWER = Kept(_look_slower, seconds=30)
