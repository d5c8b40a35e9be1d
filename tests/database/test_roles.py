"""The rights in PostgreSQL are the declared ones, and what nobody has declared is found."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

from database.roles.declaration import PEOPLE, WORKER, Declaration, Guard, Rights, Role, Table, login_of
from database.roles.setting_up import RolesNotSetUp, set_up_roles
from portal import database_role, env
from portal.database_role import refuse_wrong_role, rights_that_differ
from portal.grants import GRANTS
from sensors.grants import STATE_CHANGES
from sensors.states import CHANGES
from tests.support.machines_door import settings_of
from tests.support.roles import acting_as

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has roles")
on_sqlite = pytest.mark.skipif("connection.vendor == 'postgresql'", reason="PostgreSQL has roles")
pytestmark = pytest.mark.django_db


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def in_words() -> list[str]:
    return [" ".join(right) for right in rights_that_differ()]


def columns_in_the_database() -> set[str]:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = {
            f"{table}.{column.name}"
            for table in tables
            for column in connection.introspection.get_table_description(cursor, table)
        }
    return {name for name in found if not name.endswith(".row_lock")}


def test_every_column_of_the_migrated_database_is_declared():
    declared = {f"{table.name}.{column}" for table in GRANTS.tables for column in table.all_columns}
    assert declared ^ columns_in_the_database() == set()


@on_postgresql
def test_the_catalog_says_what_is_declared():
    assert in_words() == []


PLANTED = {
    "a right for everybody": (
        "GRANT SELECT ON notices_mail TO PUBLIC",
        "public SELECT table notices_mail",
    ),
    "a whole table": (
        "GRANT DELETE ON pki_revocation TO nsmaas_people",
        "nsmaas_people DELETE table pki_revocation",
    ),
    "one column": (
        "GRANT UPDATE (sent_at) ON notices_mail TO nsmaas_people",
        "nsmaas_people UPDATE column notices_mail.sent_at",
    ),
    "a right that is missing": (
        "REVOKE INSERT (body) ON notices_mail FROM nsmaas_people",
        "nsmaas_people INSERT column notices_mail.body",
    ),
    "a sequence": (
        "GRANT USAGE ON SEQUENCE notices_mail_id_seq TO nsmaas_worker",
        "nsmaas_worker USAGE sequence notices_mail_id_seq",
    ),
    "a function of the owner": (
        "GRANT EXECUTE ON FUNCTION pki_destroy_retired(text, text) TO nsmaas_worker",
        "nsmaas_worker EXECUTE function pki_destroy_retired(text, text)",
    ),
    "a role's rights": ("GRANT nsmaas_signer TO nsmaas_worker", "nsmaas_worker MEMBER role nsmaas_signer"),
    "more than to log in": (
        "ALTER ROLE nsmaas_worker CREATEDB",
        "nsmaas_worker MORE THAN LOGIN role nsmaas_worker",
    ),
    "tables of one's own": (
        "GRANT CREATE ON SCHEMA public TO nsmaas_people",
        "nsmaas_people CREATE schema public",
    ),
    "tables for a while": (
        "GRANT TEMPORARY ON DATABASE {database} TO PUBLIC",
        "public TEMPORARY database {database}",
    ),
}


@on_postgresql
@pytest.mark.parametrize(("statement", "found"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found_and_taken_back(statement: str, found: str):
    database = connection.settings_dict["NAME"]
    run(statement.replace("{database}", f'"{database}"'))
    assert in_words() == [found.replace("{database}", database)]
    call_command("set_up_database_roles", verbosity=0)
    assert in_words() == []


@on_postgresql
def test_a_guard_that_is_gone_or_that_sleeps_is_made_anew():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'sensors_sensor'::regclass AND tgname ~ '^guard_'"
        )
        one, other, *_ = [name for (name,) in cursor.fetchall()]
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f'DROP TRIGGER "{one}" ON sensors_sensor')
    assert in_words() == [f"sensors_sensor is guarded by {one}"]
    call_command("set_up_database_roles", verbosity=0)
    assert in_words() == []
    run(f'ALTER TABLE sensors_sensor DISABLE TRIGGER "{other}"')
    assert in_words() == [f"sensors_sensor is guarded by {other}"]
    call_command("set_up_database_roles", verbosity=0)
    assert in_words() == []


@on_postgresql
def test_where_all_is_set_up_nothing_is_done(capsys: pytest.CaptureFixture[str]):
    call_command("set_up_database_roles")
    assert "no statements" in capsys.readouterr().out


@on_postgresql
def test_a_process_cannot_set_up_its_own_rights():
    with acting_as(PEOPLE), pytest.raises(CommandError, match="does not own"):
        call_command("set_up_database_roles")


@on_postgresql
def test_a_table_that_a_process_owns_is_named():
    run("CREATE TABLE planted (secret text)")
    run("ALTER TABLE planted OWNER TO nsmaas_worker")
    with pytest.raises(RolesNotSetUp, match="nsmaas_worker owns the table planted"), connection.cursor() as cursor:
        set_up_roles(cursor, GRANTS)


@on_postgresql
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("CREATE TABLE planted (secret text)", "planted.secret"),
        ("ALTER TABLE notices_mail ADD COLUMN planted text", "notices_mail.planted"),
    ],
)
def test_what_nobody_has_declared_is_named(statement: str, named: str):
    run(statement)
    with pytest.raises(CommandError, match=named):
        call_command("set_up_database_roles")


@on_postgresql
def test_a_new_table_and_a_new_function_are_nobodys():
    run("CREATE TABLE planted (secret text)")
    run("CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    assert in_words() == []


@on_sqlite
def test_sqlite_has_no_roles_and_the_command_says_so():
    with pytest.raises(CommandError, match="Only PostgreSQL"):
        call_command("set_up_database_roles")


# A process at its start.


@contextmanager
def logged_in_as(login: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    own: BaseDatabaseWrapper = connection.copy()
    own.settings_dict = {**connection.settings_dict, "USER": login}
    monkeypatch.setattr(database_role, "connection", own)
    try:
        yield
    finally:
        own.close()


@on_postgresql
@pytest.mark.parametrize("role", Role)
def test_a_process_that_is_itself_starts(role: Role, settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.PROCESS = role.value
    with logged_in_as(role.login, monkeypatch):
        refuse_wrong_role()


@on_postgresql
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("login", ["nsmaas", "nsmaas_people", "nsmaas_signer"])
def test_a_process_that_is_somebody_else_does_not(
    role: Role, login: str, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    if role.login == login:
        return
    settings.PROCESS = role.value
    with logged_in_as(login, monkeypatch), pytest.raises(ImproperlyConfigured, match=f"must be '{role.login}'"):
        refuse_wrong_role()


@on_postgresql
def test_a_process_does_not_start_with_other_rights_than_the_declared_ones(
    settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.PROCESS = "worker"
    differing = GRANTS + Declaration((Table("planted", "secret", {WORKER: Rights(read="secret")}),))
    monkeypatch.setattr(database_role, "GRANTS", differing)
    with (
        logged_in_as("nsmaas_worker", monkeypatch),
        pytest.raises(ImproperlyConfigured, match=r"SELECT on column planted\.secret for nsmaas_worker.*set_up"),
    ):
        refuse_wrong_role()


@on_sqlite
def test_on_sqlite_it_is_said_once_what_that_means(settings: Any, caplog: pytest.LogCaptureFixture):
    settings.PROCESS = "people"
    with caplog.at_level(logging.WARNING):
        refuse_wrong_role()
    (line,) = caplog.messages
    assert "each process of this portal can write every row" in line


@pytest.mark.parametrize("process", ["manage", "beat"])
def test_whoever_has_no_role_is_not_asked(process: str, settings: Any, caplog: pytest.LogCaptureFixture):
    settings.PROCESS = process
    refuse_wrong_role()
    assert caplog.messages == []


def test_the_deployment_check_says_what_differs(monkeypatch: pytest.MonkeyPatch):
    def found() -> list[str | None]:
        messages = run_checks(databases=["default"], include_deployment_checks=True)
        return [message.id for message in messages if message.id in {"portal.W002", "portal.E001"}]

    assert found() == ([] if connection.vendor == "postgresql" else ["portal.W002"])
    if connection.vendor == "postgresql":
        monkeypatch.setattr(database_role, "GRANTS", Declaration(()))
        assert found() == ["portal.E001"]


# The words of a declaration.


def test_each_change_of_state_is_somebodys():
    given = {
        (before, after)
        for changes in STATE_CHANGES.values()
        for after, befores in changes.items()
        for before in befores
    }
    assert given == CHANGES


def test_a_process_logs_in_as_its_role_and_who_has_none_as_the_owner():
    logins = {process: login_of(process) for process in ("people", "machines", "signer", "worker", "manage", "beat")}
    assert logins == {
        "people": "nsmaas_people",
        "machines": "nsmaas_machines",
        "signer": "nsmaas_signer",
        "worker": "nsmaas_worker",
        "manage": "nsmaas",
        "beat": "nsmaas",
    }


@pytest.mark.parametrize(
    ("url", "user"),
    [
        ("postgresql:///portal?host=/run/db", "nsmaas_people"),
        ("postgresql://@/portal?host=/run/db", "nsmaas_people"),
        ("postgresql://db.example/portal", "nsmaas_people"),
        ("postgresql://other:secret@db.example/portal", "other"),
    ],
)
def test_a_url_without_a_user_is_for_the_process_itself(url: str, user: str):
    assert env.database(url, login=login_of("people"))["USER"] == user


def test_beat_is_given_no_database(tmp_path: Path):
    assert settings_of("beat", tmp_path)["DATABASES"] == {}


def test_a_right_to_a_column_that_the_table_has_not_is_refused():
    with pytest.raises(ValueError, match="table has no column other"):
        Table("table", "one", {PEOPLE: Rights(read="one other")})


def test_a_table_is_declared_once():
    with pytest.raises(ValueError, match="table"):
        Declaration((Table("table", "one"),)) + Declaration((Table("table", "one"),))


def test_a_guards_name_tells_one_from_another():
    guards = [
        Guard((PEOPLE,), "INSERT", "NEW.a", "b"),
        Guard((WORKER,), "INSERT", "NEW.a", "b"),
        Guard((PEOPLE,), "UPDATE", "NEW.a", "b"),
        Guard((PEOPLE,), "INSERT", "NEW.b", "b"),
        Guard((PEOPLE,), "INSERT", "NEW.a", "c"),
    ]
    assert len({guard.name() for guard in guards}) == len(guards)


def test_every_model_of_ours_has_its_columns_in_its_own_app():
    """So that whoever adds a model finds where to say who may write it."""
    from importlib import import_module

    from django.apps import apps

    for label in ("tenants", "pki", "sensors", "notices"):
        declared = {table.name for table in import_module(f"{label}.grants").GRANTS.tables}
        models_of_app: list[type[models.Model]] = list(apps.get_app_config(label).get_models(include_auto_created=True))
        assert declared == {model._meta.db_table for model in models_of_app}
