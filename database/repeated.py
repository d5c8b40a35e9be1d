"""Statements whose SQL is written once, for what runs hundreds of times a second: the way of a disk key.

There, having the ORM write the same SQL anew for each request took four times as long as sending it and reading the
answer. The ORM still writes it, once for a process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

Row = TypeVar("Row")

# What stands for the arguments while the SQL is written: values that nothing of ours has.
_STAND_INS: dict[type, Callable[[int], Any]] = {
    str: lambda number: f"\ue000argument-{number}",
    int: lambda number: -(2**40) - number,
    UUID: lambda number: UUID(int=number + 1),
}


@dataclass(frozen=True, slots=True)
class _Written:
    sql: str
    parameters: tuple[object, ...]
    # Which parameters are arguments, and which.
    places: tuple[tuple[int, int], ...]
    converters: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]
    locks: bool


class RepeatedQuery(Generic[Row]):
    """A query of the ORM for one row of values.

    `make` takes arguments of the named types, uses each as it stands (`exact`, `pk`) and returns a `values_list`;
    `row` is called with the row's columns.
    """

    def __init__(self, row: Callable[..., Row], make: Callable[..., models.QuerySet[Any, Any]], *types: type) -> None:
        self._row, self._make, self._types = row, make, types
        self._written: _Written | None = None

    def first(self, *arguments: object) -> Row | None:
        """The first row in the query's order. Raises TransactionManagementError for a lock outside a transaction."""
        written = self._written or self._write()
        connection = transaction.get_connection()
        # The ORM asks this when it writes the SQL, which here was another time.
        if written.locks and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("A row lock needs a transaction.")
        parameters = list(written.parameters)
        for place, number in written.places:
            parameters[place] = _as_parameter(connection, arguments[number])
        with connection.cursor() as cursor:
            cursor.execute(written.sql, parameters)
            found = cursor.fetchone()
        if found is None:
            return None
        if not written.converters:
            return self._row(*found)
        columns = list(found)
        for place, converters, expression in written.converters:
            for convert in converters:
                columns[place] = convert(columns[place], expression, connection)
        return self._row(*columns)

    def _write(self) -> _Written:
        stand_ins = [_STAND_INS[kind](number) for number, kind in enumerate(self._types)]
        # One row is asked for, so that the database need not look for more.
        queryset = self._make(*stand_ins)[:1]
        compiler: Any = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        sought = [_as_parameter(compiler.connection, stand_in) for stand_in in stand_ins]
        if missing := [kind for each, kind in zip(sought, self._types, strict=True) if each not in parameters]:
            raise TypeError(f"The query does not use its argument of type {missing[0].__name__} as it stands.")
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        self._written = _Written(
            sql,
            tuple(parameters),
            tuple((place, sought.index(each)) for place, each in enumerate(parameters) if each in sought),
            tuple((place, tuple(functions), expression) for place, (functions, expression) in converters.items()),
            bool(queryset.query.select_for_update),
        )
        return self._written


class RepeatedInsert:
    """Writes rows of a model from the values of all its columns."""

    def __init__(self, model: type[models.Model]) -> None:
        fields: list[Any] = [
            field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)
        ]
        self._fields = {field.attname: field for field in fields}
        self._key = model._meta.pk.column
        columns = ", ".join(f'"{field.column}"' for field in fields)
        places = ", ".join("%s" for _ in fields)
        # Only the model's own names of tables and columns are in here.
        self._sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})'  # noqa: S608

    def __call__(self, **values: object) -> None:
        """Raises TypeError unless each column, the automatic key aside, is named once."""
        with self._execute(self._sql, values):
            pass

    def returning_key(self, **values: object) -> int:
        """The same, and gives the key that the database has made. SQLite can since version 3.35."""
        with self._execute(f'{self._sql} RETURNING "{self._key}"', values) as cursor:
            (key,) = cursor.fetchone()
        return int(key)

    def beside(self, update: "RepeatedUpdate", where: object, *changes: object, **values: object) -> None:
        """Insert and update, on PostgreSQL in one statement: one way to the database and back instead of two."""
        connection = transaction.get_connection()
        if connection.vendor != "postgresql":
            self(**values)
            update(where, *changes)
            return
        sql = f"WITH updated AS ({update.sql}) {self._sql}"
        with connection.cursor() as cursor:
            cursor.execute(sql, [*update.prepared(where, *changes), *self._prepared(values)])

    def _execute(self, sql: str, values: dict[str, object]) -> CursorWrapper:
        cursor: CursorWrapper = transaction.get_connection().cursor()
        cursor.execute(sql, self._prepared(values))
        return cursor

    def _prepared(self, values: dict[str, object]) -> list[Any]:
        if values.keys() != self._fields.keys():
            raise TypeError(f"Wanting or unknown: {', '.join(sorted(values.keys() ^ self._fields.keys()))}.")
        connection = transaction.get_connection()
        return [field.get_db_prep_save(values[name], connection) for name, field in self._fields.items()]


class RepeatedUpdate:
    """Sets some columns of the rows in which one column has a value."""

    def __init__(self, model: type[models.Model], *, where: str, changes: tuple[str, ...]) -> None:
        self._fields: list[Any] = [model._meta.get_field(name) for name in (*changes, where)]
        assigned = ", ".join(f'"{field.column}" = %s' for field in self._fields[:-1])
        # As above.
        self.sql = f'UPDATE "{model._meta.db_table}" SET {assigned} WHERE "{self._fields[-1].column}" = %s'  # noqa: S608

    def __call__(self, where: object, *changes: object) -> None:
        with transaction.get_connection().cursor() as cursor:
            cursor.execute(self.sql, self.prepared(where, *changes))

    def prepared(self, where: object, *changes: object) -> list[Any]:
        """The statement's parameters."""
        connection = transaction.get_connection()
        pairs = zip(self._fields, (*changes, where), strict=True)
        return [field.get_db_prep_save(value, connection) for field, value in pairs]


def _as_parameter(connection: BaseDatabaseWrapper, value: object) -> object:
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
