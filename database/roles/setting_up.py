"""Make the roles, and make this database's rights the declared ones. PostgreSQL's alone; to be run by the owner."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.backends.utils import CursorWrapper

from database.roles.declaration import LOCK_COLUMN, OWNER, Declaration, Guard, Role, Table
from database.roles.rights import GUARDED, MORE_THAN_LOGIN, OWNER_OF, SCHEMA, Right, declared_rights, granted_rights

_LOCK = int.from_bytes(b"nsmaas", "big")
_REFUSE = f"{SCHEMA}.refuse_by_guard"
_PAUSE = "idle_in_transaction_session_timeout"
_LOGIN_ONLY = "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS NOINHERIT"


class RolesNotSetUp(Exception):
    """The message says what is to be done, by whom."""


def set_up_roles(cursor: CursorWrapper, declaration: Declaration) -> int:
    """How many statements it took: none if all is as declared. In the caller's transaction. Raises RolesNotSetUp."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND NOT pg_has_role(relowner, 'USAGE')"
        " AND relkind = 'r' LIMIT 1",
        [SCHEMA],
    )
    if strange := cursor.fetchone():
        raise RolesNotSetUp(f"This login does not own {strange[0]}: run this as the owner of all tables.")
    # Twice at once would collide in PostgreSQL's catalog.
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    statements = [*_roles(cursor), *_lock_columns(cursor, declaration.tables), *_surroundings(cursor)]
    _run(cursor, statements)
    # What is taken from a table is taken from its columns, too, so those are given in a second round.
    for _ in range(2):
        changes = list(_changes(cursor, declaration))
        _run(cursor, changes)
        statements += changes
    if left := list(_changes(cursor, declaration)):
        raise RolesNotSetUp(f"PostgreSQL did not do this: {left[0]}. Somebody else has given that right.")
    return len(statements)


def undeclared(cursor: CursorWrapper, declaration: Declaration) -> set[str]:
    """Tables, and columns as `table.column`, that are here or declared, but not both."""
    cursor.execute(
        "SELECT relname || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND attnum > 0 AND NOT attisdropped AND attname <> %s",
        [SCHEMA, LOCK_COLUMN],
    )
    here = {column for (column,) in cursor.fetchall()}
    return here ^ {f"{table.name}.{column}" for table in declaration.tables for column in table.all_columns}


def _run(cursor: CursorWrapper, statements: Iterable[str]) -> None:
    for statement in statements:
        # Without parameters nothing in it is taken for a place of one.
        cursor.execute(statement)


def _roles(cursor: CursorWrapper) -> Iterator[str]:
    more = {right.who for right in granted_rights(cursor) if right.what == MORE_THAN_LOGIN}
    cursor.execute(
        "SELECT rolname, COALESCE(array_to_string(rolconfig, ','), '') FROM pg_roles WHERE rolname = ANY(%s)",
        [[role.login for role in Role]],
    )
    there = dict(cursor.fetchall())
    cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    (may_make_roles,) = cursor.fetchone()
    for role in Role:
        for statement in _statements_for(role, there.get(role.login), has_more=role.login in more):
            if not may_make_roles:
                raise RolesNotSetUp(
                    f"This login may make no roles. Let PostgreSQL's superuser say `{statement};`, then run this again."
                )
            # Roles are those of all databases of the server: in another one this may be done at the same moment.
            yield f"DO $$ BEGIN {statement}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"


def _statements_for(role: Role, settings: str | None, *, has_more: bool) -> Iterator[str]:
    """`settings` are those of the role that is there, None if there is none."""
    if settings is None:
        yield f'CREATE ROLE "{role.login}" {_LOGIN_ONLY} CONNECTION LIMIT {role.most_connections}'
    elif has_more:
        yield f'ALTER ROLE "{role.login}" {_LOGIN_ONLY}'
    if _PAUSE not in (settings or ""):
        yield f"ALTER ROLE \"{role.login}\" SET {_PAUSE} = '{role.longest_pause}s'"


def _lock_columns(cursor: CursorWrapper, tables: Iterable[Table]) -> Iterator[str]:
    cursor.execute(
        "SELECT relname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " WHERE relnamespace = %s::regnamespace AND attname = %s AND NOT attisdropped",
        [SCHEMA, LOCK_COLUMN],
    )
    there = {name for (name,) in cursor.fetchall()}
    for table in tables:
        if table.lockable and table.name not in there:
            yield (
                f'ALTER TABLE {SCHEMA}."{table.name}" ADD COLUMN "{LOCK_COLUMN}" boolean'
                f' CHECK ("{LOCK_COLUMN}" IS NULL)'
            )


def _surroundings(cursor: CursorWrapper) -> Iterator[str]:
    cursor.execute("SELECT to_regproc(%s) IS NULL", [_REFUSE])
    if cursor.fetchone() == (True,):
        yield (
            f"CREATE FUNCTION {_REFUSE}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
            " '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'insufficient_privilege'; END $$"
        )
    # Functions that are made later are nobody's either, until this is run again.
    cursor.execute(
        "SELECT NOT EXISTS (SELECT FROM pg_default_acl WHERE defaclrole = current_user::regrole"
        " AND defaclnamespace = 0 AND defaclobjtype = 'f')"
    )
    if cursor.fetchone() == (True,):
        yield "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"


def _changes(cursor: CursorWrapper, declaration: Declaration) -> Iterator[str]:
    cursor.execute("SELECT current_database()")
    (database,) = cursor.fetchone()
    wanted, there = declared_rights(declaration, database=database), granted_rights(cursor)
    if owned := [right for right in there if right.what == OWNER_OF]:
        raise RolesNotSetUp(
            f"{owned[0].who} owns the {owned[0].on}: give it to {OWNER} first (ALTER TABLE ... OWNER TO)."
        )
    guards = {guard.name(): guard for several in declaration.guards.values() for guard in several}
    too_many, missing = there - wanted, wanted - there
    yield from (_drop(right) for right in sorted(too_many) if right.what == GUARDED)
    yield from _grants("REVOKE", "FROM", too_many)
    yield from _grants("GRANT", "TO", missing)
    yield from (_create(right, guards[right.on]) for right in sorted(missing) if right.what == GUARDED)


def _grants(verb: str, preposition: str, rights: set[Right]) -> Iterator[str]:
    """One statement for all columns of a table that somebody may do the same to."""
    columns: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for right in sorted(rights):
        kind, _, name = right.on.partition(" ")
        who = "PUBLIC" if right.who == "public" else f'"{right.who}"'
        if kind == "column":
            table, _, column = name.partition(".")
            columns[who, right.what, table].append(f'"{column}"')
        elif right.what != GUARDED:
            yield f"{verb} {_object(kind, name, right.what)} {preposition} {who}"
    for (who, what, table), names in columns.items():
        yield f'{verb} {what} ({", ".join(names)}) ON TABLE {SCHEMA}."{table}" {preposition} {who}'


def _object(kind: str, name: str, what: str) -> str:
    if what == "MEMBER":
        return f'"{name}"'
    if kind == "function":
        return f"{what} ON FUNCTION {SCHEMA}.{name}"
    place = f'"{name}"' if kind in {"schema", "database"} else f'{SCHEMA}."{name}"'
    return f"{what} ON {kind.upper()} {place}"


def _drop(right: Right) -> str:
    return f'DROP TRIGGER "{right.on}" ON {SCHEMA}."{right.who}"'


def _create(right: Right, guard: Guard) -> str:
    roles = ", ".join(f"'{role.login}'" for role in guard.of)
    because = guard.because.replace("'", "''")
    # What cannot be told, since something is NULL, is refused, too.
    return (
        f'CREATE OR REPLACE TRIGGER "{right.on}" BEFORE {guard.on} ON {SCHEMA}."{right.who}" FOR EACH ROW'
        f" WHEN (current_user IN ({roles}) AND ({guard.refuse_if}) IS NOT FALSE)"
        f" EXECUTE FUNCTION {_REFUSE}('{because}')"
    )
