"""Tables to which rows are only ever added, also when somebody writes SQL by hand: a model says so, triggers see to it.

`append_only` marks the model, `keep_append_only` in a migration makes the triggers, and a system check, for all apps,
finds a table that has lost them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

M = TypeVar("M", bound=Model)
# Sets of columns that no two rows have the same values in.
Keys = tuple[tuple[str, ...], ...]

_MODELS: list[type[Model]] = []


def append_only(model: type[M]) -> type[M]:
    """Marks a model whose rows are never changed or deleted."""
    _MODELS.append(model)
    return model


def append_only_tables() -> dict[str, Keys]:
    """The tables of all models that are marked, with what may be there once only."""
    return {model._meta.db_table: _keys_of(model) for model in _MODELS}


def keep_append_only(tables: Mapping[str, Keys]) -> migrations.RunPython:
    """A migration's operation, last for a table: on SQLite whatever remakes it loses its triggers silently.

    Raises KeyError for a database that we have no triggers for: better no migration than an open table.
    """

    def create(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table, keys in tables.items():
            for statement in create_statements(schema_editor.connection.vendor, table, keys):
                schema_editor.execute(statement)

    def drop(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in drop_statements(schema_editor.connection.vendor, table):
                schema_editor.execute(statement)

    return migrations.RunPython(create, drop)


def create_statements(vendor: str, table: str, keys: Keys) -> list[str]:
    """Make the table append-only; vendor as in `connection.vendor`. Raises KeyError as `keep_append_only` does."""
    return {"sqlite": _create_sqlite, "postgresql": _create_postgresql}[vendor](table, keys)


def drop_statements(vendor: str, table: str) -> list[str]:
    """Take back what create_statements made; harmless when it is not there."""
    on = "" if vendor == "sqlite" else f" ON {table}"
    triggers = [f"DROP TRIGGER IF EXISTS {table}_{end}{on}" for end in _TRIGGER_NAMES[vendor]]
    return triggers if vendor == "sqlite" else [*triggers, f"DROP FUNCTION IF EXISTS {table}_refuse()"]


def unprotected_tables(vendor: str, cursor: CursorWrapper, tables: Iterable[str]) -> list[str]:
    """Those of the tables that lack one of their triggers in this database."""
    cursor.execute(_TRIGGERS[vendor])
    there = {name for (name,) in cursor.fetchall()}
    return [table for table in tables if not {f"{table}_{end}" for end in _TRIGGER_NAMES[vendor]} <= there]


@register(Tags.database)
def check_append_only(databases: Iterable[str] | None = None, **_: object) -> list[CheckMessage]:
    """The triggers are there. `migrate` asks too, before there is any table."""
    if not databases:
        return []
    migrated = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        tables = [table for table in append_only_tables() if table in migrated]
        unprotected = unprotected_tables(connection.vendor, cursor, tables)
    return [
        Error(
            f"The table {table} is not append-only: its triggers are missing.",
            hint="A migration that alters the table must end with database.append_only.keep_append_only.",
            id="database.E001",
        )
        for table in unprotected
    ]


def _keys_of(model: type[Model]) -> Keys:
    """The primary key, each unique field, each constraint that always holds."""
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    fields = [(columns[field.name],) for field in model._meta.concrete_fields if field.unique]
    constraints = model._meta.total_unique_constraints
    return (*fields, *(tuple(columns[name] for name in constraint.fields) for constraint in constraints))


def _create_sqlite(table: str, keys: Keys) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    # REPLACE deletes the row that is in its way without asking the trigger for DELETE: the collision is refused.
    same = " OR ".join("(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in keys)
    # The names are those of our own tables and columns, never a value.
    collides = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {collides} {refuse}",
    ]


def _create_postgresql(table: str, _keys: Keys) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}
_TRIGGER_NAMES = {
    "sqlite": ("no_update", "no_delete", "no_replace"),
    "postgresql": ("no_change", "no_truncate"),
}
