"""A process that is somebody else in the database than it should be does not start."""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from database.roles.declaration import Role
from database.roles.rights import Right, declared_rights, granted_rights
from portal.grants import GRANTS

logger = logging.getLogger(__name__)

_SQLITE = (
    "SQLite has no roles: each process of this portal can write every row, so a thief of one of them has the"
    " rights of all. In service use PostgreSQL (docs/operators/install.md)."
)
_SET_UP = "Run manage.py set_up_database_roles."


def refuse_wrong_role() -> None:
    """Raises ImproperlyConfigured unless this process is logged in as its own role, whose rights are the declared ones.

    On SQLite it says what that means, and no more.
    """
    if settings.PROCESS not in set(Role):
        return
    if connection.vendor != "postgresql":
        logger.warning(_SQLITE)
        return
    wanted = Role(settings.PROCESS).login
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_user")
        (login, role) = cursor.fetchone()
    if {login, role} != {wanted}:
        raise ImproperlyConfigured(
            f"The process {settings.PROCESS!r} is logged in to PostgreSQL as {login!r}: it must be {wanted!r}. Leave"
            " the user out of DATABASE_URL, or name that one."
        )
    if differences := rights_that_differ():
        raise ImproperlyConfigured(f"{_in_words(differences)} {_SET_UP}")


def rights_that_differ() -> list[Right]:
    """Granted and not declared, or declared and not granted."""
    granted, declared = _rights()
    return sorted(granted ^ declared)


def rights_that_are_missing(login: str) -> list[Right]:
    """Declared and not granted to this role, which cannot do its work then. None on SQLite, which has no roles."""
    if connection.vendor != "postgresql":
        return []
    granted, declared = _rights()
    return sorted(right for right in declared - granted if right.who == login)


def _rights() -> tuple[set[Right], set[Right]]:
    """The granted and the declared ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (database,) = cursor.fetchone()
        return granted_rights(cursor), declared_rights(GRANTS, database=database)


@register(Tags.database, deploy=True)
def check_rights(databases: Iterable[str] | None = None, **_: object) -> list[CheckMessage]:
    """Not before each `migrate`, which comes before the roles are set up."""
    if not databases:
        return []
    if connection.vendor != "postgresql":
        return [checks.Warning(_SQLITE, id="portal.W002")]
    differences = rights_that_differ()
    return [Error(_in_words(differences), hint=_SET_UP, id="portal.E001")] if differences else []


def _in_words(differences: list[Right]) -> str:
    first = differences[0]
    return (
        f"In PostgreSQL {len(differences)} rights are not as they are declared, such as {first.what} on {first.on}"
        f" for {first.who}."
    )
