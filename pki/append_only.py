"""SQL that keeps rows from being changed or deleted, also by hand: what is revoked stays revoked."""

from django.db.backends.utils import CursorWrapper

# The tables of this app that only grow, with the columns that may not be there twice.
TABLES: dict[str, tuple[str, ...]] = {
    "pki_certificate": ("id", "fingerprint"),
    "pki_revocation": ("id", "certificate_id"),
    "pki_keyretirement": ("id",),
}


def create_statements(vendor: str, table: str) -> list[str]:
    """The statements, one string each, that make the table append-only; vendor as in `connection.vendor`."""
    return _VENDORS[vendor][0](table)


def drop_statements(vendor: str, table: str) -> list[str]:
    """The statements that take back what create_statements made; harmless when it is not there."""
    return _VENDORS[vendor][1](table)


def unprotected_tables(vendor: str, cursor: CursorWrapper) -> list[str]:
    """The tables of TABLES that lack one of their triggers in this database."""
    cursor.execute(_TRIGGERS[vendor])
    there = {name for (name,) in cursor.fetchall()}
    return [table for table in TABLES if not {f"{table}_{end}" for end in _TRIGGER_NAMES[vendor]} <= there]


def _create_sqlite(table: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    # REPLACE deletes the row it collides with without asking the DELETE trigger, so the collision itself is
    # refused.
    taken = " OR ".join(f"{column} = NEW.{column}" for column in TABLES.get(table, ("id",)))
    # The names are those of our own tables and columns, never a value.
    collides = f"EXISTS (SELECT 1 FROM {table} WHERE {taken})"  # noqa: S608
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN {collides} {refuse}",
    ]


def _drop_sqlite(table: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {table}_no_{what}" for what in ("update", "delete", "replace")]


def _create_postgresql(table: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation';"
        " END $$",
        f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


def _drop_postgresql(table: str) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
        f"DROP FUNCTION IF EXISTS {table}_refuse()",
    ]


_VENDORS = {
    "sqlite": (_create_sqlite, _drop_sqlite),
    "postgresql": (_create_postgresql, _drop_postgresql),
}

_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}
_TRIGGER_NAMES = {
    "sqlite": ("no_update", "no_delete", "no_replace"),
    "postgresql": ("no_change", "no_truncate"),
}
