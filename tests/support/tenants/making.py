"""What the tests of tenants share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from database.append_only import append_only_tables, create_statements, drop_statements
from tenants.actors import Actor
from tenants.models import Person

ACTOR = Actor.process("test")
TABLE = "tenants_auditentry"

# Names that look like others, break lines or reach beyond what a column or a database can hold.
BAD_NAMES = {
    "a line end": "Harbour\nBcc: thief@example.org",
    "a carriage return": "Harbour\rX",
    "a line separator": "Harbour\u2028X",
    "NUL": "Harbour\0",
    "a turned direction": "Harbour \u202egro.elpmaxe",
    "an invisible space": "Har\u200bbour",
    "a lone surrogate": "Harbour\ud800",
    "ten thousand characters": "x" * 10_000,
    "nothing": "",
    "white space": "   ",
}


@contextmanager
def lifted_triggers() -> Iterator[None]:
    """As somebody would who owns the database: first the triggers go, then the rows can be changed."""
    _run(drop_statements(connection.vendor, TABLE))
    yield
    _run(create_statements(connection.vendor, TABLE, append_only_tables()[TABLE]))


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with deferred foreign keys in wait cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement)


def fresh(person: Person) -> Person:
    found: Person = Person.objects.get(pk=person.pk)
    return found
