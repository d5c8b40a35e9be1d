"""Ask which processes that work with sealed keys were started without a certain key-encryption key."""

from django.db import connection

from database.roles.declaration import login_of
from pki.escrow.holders import mark
from pki.grants import NEED_KEY_ENCRYPTION_KEY


def find_processes_without(*, kek_id: str) -> list[str]:
    """Of those that are connected to PostgreSQL now, on any host: one name a connection. SQLite knows none."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(nullif(application_name, ''), usename) || ', connection ' || pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = ANY(%s)"
            " AND NOT %s = ANY(string_to_array(application_name, ' ')) ORDER BY 1",
            [[login_of(process) for process in NEED_KEY_ENCRYPTION_KEY], mark(kek_id)],
        )
        return [name for (name,) in cursor.fetchall()]
