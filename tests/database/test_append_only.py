"""Every table that only grows, whosever it is: marked, kept by its triggers, and missed when they are gone."""

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import connection, models, transaction

from database.append_only import (
    append_only_tables,
    check_append_only,
    create_statements,
    drop_statements,
    unprotected_tables,
)

pytestmark = pytest.mark.django_db
TABLES = append_only_tables()


def run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def unprotected() -> list[str]:
    with connection.cursor() as cursor:
        return unprotected_tables(connection.vendor, cursor, TABLES)


def ids() -> list[str | None]:
    found = run_checks(databases=["default"])
    return [message.id for message in found if (message.id or "").startswith("database.")]


def test_what_the_design_wants_kept_is_marked():
    assert set(TABLES) == {
        "pki_certificate",
        "pki_revocation",
        "pki_keyretirement",
        "pki_recalledserials",
        "tenants_auditentry",
        "tenants_accountchange",
    }


@pytest.mark.parametrize("table", TABLES)
def test_nothing_that_is_there_once_is_left_out(table: str):
    """By every way in which Django makes something unique; one of a part of the rows alone would need more."""
    (model,) = [model for model in apps.get_models() if model._meta.db_table == table]
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    unique = [{columns[field.name]} for field in model._meta.concrete_fields if field.unique]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            assert not constraint.condition
            assert constraint.fields
            unique.append({columns[name] for name in constraint.fields})
    assert not model._meta.unique_together
    assert sorted(map(sorted, unique)) == sorted(map(sorted, TABLES[table]))


@pytest.mark.parametrize("table", TABLES)
def test_the_triggers_that_the_migrations_made_are_those_that_the_model_needs(table: str):
    if connection.vendor != "sqlite":
        assert unprotected() == []  # PostgreSQL knows no REPLACE, so its triggers name no column.
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        made = {sql for (sql,) in cursor.fetchall()}
    assert set(create_statements("sqlite", table, TABLES[table])) <= made


def test_lifting_and_restoring_come_back_to_the_same():
    assert unprotected() == []
    # Twice: taking away what is gone already is harmless.
    for _ in range(2):
        for table in TABLES:
            run(drop_statements(connection.vendor, table))
    assert unprotected() == list(TABLES)
    for table, keys in TABLES.items():
        run(create_statements(connection.vendor, table, keys))
    assert unprotected() == []


@pytest.mark.parametrize("table", TABLES)
def test_missing_triggers_are_an_error_in_any_app(table: str):
    assert ids() == []
    with transaction.atomic():
        run(drop_statements(connection.vendor, table)[:1])
        (message,) = check_append_only(databases=["default"])
        assert table in message.msg
        assert ids() == ["database.E001"]
        transaction.set_rollback(True)


def test_a_table_that_is_not_there_yet_is_no_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    run([statement for table in TABLES for statement in drop_statements(connection.vendor, table)])
    assert ids() == []


def test_a_database_that_we_have_no_triggers_for_gets_no_open_table():
    with pytest.raises(KeyError):
        create_statements("mysql", "tenants_auditentry", TABLES["tenants_auditentry"])
