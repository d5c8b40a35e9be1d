"""Tests arrange as the owner of the tables and act as the door that they knock at: on PostgreSQL, by `SET ROLE`."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.client import ClientHandler

from database.roles.declaration import MACHINES, PEOPLE, Role

_acting = threading.local()


@contextmanager
def acting_as(role: Role) -> Iterator[None]:
    """What this thread asks of the database meanwhile. On SQLite, which knows no roles, nothing is different."""
    before = getattr(_acting, "role", None)
    _become(role)
    try:
        yield
    finally:
        _become(before)


def _become(role: Role | None) -> None:
    _acting.role = role
    if connection.vendor == "postgresql" and connection.connection is not None:
        _tell(connection)


def _tell(to: BaseDatabaseWrapper) -> None:
    """Past Django, so that nobody counts it as a query. What a failed transaction forbids, its end undoes."""
    role = getattr(_acting, "role", None)
    raw: Any = to.connection
    if raw.info.transaction_status.name in {"IDLE", "INTRANS"}:
        # A server that was ended meanwhile is the next query's business.
        with suppress(psycopg.OperationalError):
            raw.execute(f'SET ROLE "{role.login}"' if role else "RESET ROLE")


def door_of_the_urls() -> Role:
    return MACHINES if settings.ROOT_URLCONF == "portal.machines_urls" else PEOPLE


@contextmanager
def doors_act_as_their_roles() -> Iterator[None]:
    """From here on what comes in by a test client is done as the role of that door, on each connection it opens."""
    answer, connect = ClientHandler.__call__, BaseDatabaseWrapper.connect

    def answer_as_the_door(self: ClientHandler, environ: dict[str, Any]) -> Any:
        with acting_as(door_of_the_urls()):
            return answer(self, environ)

    def connect_as_whoever_acts(self: BaseDatabaseWrapper) -> None:
        connect(self)
        if self.vendor == "postgresql" and getattr(_acting, "role", None):
            _tell(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "__call__", answer_as_the_door)
        patch.setattr(BaseDatabaseWrapper, "connect", connect_as_whoever_acts)
        yield


def set_up_roles_here() -> None:
    if connection.vendor == "postgresql":
        call_command("set_up_database_roles", verbosity=0)
