"""Rows of the audit trail: what they say, and a database that refuses each new one."""

import contextlib
from typing import Any

from django.db import connection

from tenants.models import AuditEntry

FULL = {
    "sqlite": [
        "CREATE TEMP TRIGGER audit_is_full BEFORE INSERT ON main.tenants_auditentry "
        "BEGIN SELECT RAISE(ABORT, 'no room for another entry'); END"
    ],
    "postgresql": [
        "SET CONSTRAINTS ALL IMMEDIATE",
        "CREATE FUNCTION audit_is_full() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no room for another entry'; END $$",
        "CREATE TRIGGER audit_is_full BEFORE INSERT ON tenants_auditentry "
        "FOR EACH ROW EXECUTE FUNCTION audit_is_full()",
    ],
}


EMPTY = {
    "sqlite": ["DROP TRIGGER audit_is_full"],
    "postgresql": ["DROP TRIGGER audit_is_full ON tenants_auditentry", "DROP FUNCTION audit_is_full()"],
}


@contextlib.contextmanager
def no_room_for_an_entry() -> Any:
    """However an entry is written, the database refuses it."""
    with connection.cursor() as cursor:
        for statement in FULL[connection.vendor]:
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in EMPTY[connection.vendor]:
                cursor.execute(statement)


def actions(subject: str) -> list[str]:
    """What the audit trail says of it, the oldest first."""
    return list(AuditEntry.objects.filter(subject=subject).order_by("pk").values_list("action", flat=True))
