"""Rights as a set: what is declared, and what this database's own catalog says. Where the two are equal all is well."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.backends.utils import CursorWrapper

from database.roles.declaration import ALL, LOCK_COLUMN, Declaration, Rights, Role, Table

SCHEMA = "public"

# Guards are triggers; no other of our triggers is named so.
GUARDED = "is guarded by"
OWNER_OF = "OWNER"
MORE_THAN_LOGIN = "MORE THAN LOGIN"


class Right(NamedTuple):
    """`what` is a privilege; `on` a kind of thing and its name, such as `column notices_mail.sent_at`."""

    who: str
    what: str
    on: str


def declared_rights(declaration: Declaration, *, database: str) -> set[Right]:
    """Of all roles together. Roles are also guarded: the guards of a table are among its rights, held by nobody."""
    rights = {right for role in Role for right in _of_role(declaration, role, database)}
    return rights | {Right(name, GUARDED, guard.name()) for name, all_ in declaration.guards.items() for guard in all_}


def _of_role(declaration: Declaration, role: Role, database: str) -> Iterator[Right]:
    yield Right(role.login, "CONNECT", f"database {database}")
    yield Right(role.login, "USAGE", f"schema {SCHEMA}")
    for table in declaration.tables:
        if rights := table.rights.get(role):
            for what, column in _on_columns(table, rights):
                yield Right(role.login, what, f"column {table.name}.{column}")
            if rights.remove:
                yield Right(role.login, "DELETE", f"table {table.name}")
    for function in declaration.functions:
        if role in function.callers:
            yield Right(role.login, "EXECUTE", f"function {function.signature}")


def _on_columns(table: Table, rights: Rights) -> Iterator[tuple[str, str]]:
    for what, columns in (("SELECT", rights.read), ("INSERT", rights.add), ("UPDATE", rights.change)):
        made = {"id"} if table.numbered and what != "SELECT" else set()
        named = [name for name in table.all_columns if name not in made] if columns == ALL else columns.split()
        yield from ((what, column) for column in named)
    if rights.lock:
        yield "UPDATE", LOCK_COLUMN


def granted_rights(cursor: CursorWrapper) -> set[Right]:
    """Of our roles and of everybody, which is nothing at all in a database that is set up. Other roles are not ours."""
    cursor.execute(_GRANTED, {"schema": SCHEMA, "roles": [role.login for role in Role]})
    return {Right(*row) for row in cursor.fetchall()}


# An object without a list of its own has PostgreSQL's default one. What the owner may is not asked: it may all.
_GRANTED = """
WITH ours AS (SELECT oid, rolname::text AS name FROM pg_roles WHERE rolname = ANY(%(roles)s)
              UNION ALL SELECT 0, 'public'),
here AS (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s),
lists (what, acl) AS (
    SELECT 'column ' || relname || '.' || attname, attacl
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace IN (SELECT oid FROM here) AND attnum > 0 AND NOT attisdropped
  UNION ALL
    SELECT CASE relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || relname,
           coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
    FROM pg_class WHERE relnamespace IN (SELECT oid FROM here) AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  UNION ALL
    SELECT 'function ' || proname || '(' || oidvectortypes(proargtypes) || ')',
           coalesce(proacl, acldefault('f', proowner))
    FROM pg_proc WHERE pronamespace IN (SELECT oid FROM here)
  UNION ALL
    SELECT 'schema ' || nspname, coalesce(nspacl, acldefault('n', nspowner))
    FROM pg_namespace WHERE oid IN (SELECT oid FROM here)
  UNION ALL
    SELECT 'database ' || datname, coalesce(datacl, acldefault('d', datdba))
    FROM pg_database WHERE datname = current_database()
)
SELECT ours.name, privilege_type, what FROM lists, aclexplode(acl) JOIN ours ON ours.oid = grantee
UNION
SELECT ours.name, 'MEMBER', 'role ' || pg_roles.rolname FROM pg_auth_members
    JOIN ours ON ours.oid = member JOIN pg_roles ON pg_roles.oid = roleid
UNION
SELECT ours.name, 'OWNER', 'table ' || relname FROM pg_class JOIN ours ON ours.oid = relowner
    WHERE relnamespace IN (SELECT oid FROM here)
UNION
SELECT rolname, 'MORE THAN LOGIN', 'role ' || rolname FROM pg_roles WHERE rolname = ANY(%(roles)s)
    AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR rolinherit OR NOT rolcanlogin)
UNION
SELECT relname, 'is guarded by', tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE relnamespace IN (SELECT oid FROM here) AND tgname LIKE 'guard\\_%%' AND tgenabled IN ('O', 'A')
"""
