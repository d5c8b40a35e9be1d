"""Triggers that make a table append-only for every client of the database, raw SQL included."""

# By table, what else than the primary key may be there once only.
_ONCE: dict[str, tuple[str, ...]] = {"tenants_auditentry": ("chain_id", "sequence"), "tenants_accountchange": ()}
TABLES = tuple(_ONCE)


def create_statements(vendor: str, table: str) -> list[str]:
    """Raises KeyError for a database that we have no triggers for: better no migration than an open table."""
    return {"sqlite": _sqlite, "postgresql": _postgresql}[vendor](table)


def drop_statements(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{event}" for event in ("update", "delete", "replace")]
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
    ]


def _sqlite(table: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    # REPLACE deletes the row that is in its way without asking the trigger for DELETE: the collision is refused.
    same = " AND ".join(f"{column} = NEW.{column}" for column in _ONCE[table]) or "FALSE"
    # The names are those of our own tables and columns, never a value.
    collides = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({same}))"  # noqa: S608
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {collides} {refuse}",
    ]


def _postgresql(table: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]
