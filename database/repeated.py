"""Statements whose SQL is written once, for what runs hundreds of times a second: the way of a disk key.

There, having the ORM write the same SQL again for each request took four times as long as sending it and reading the
answer. The ORM still writes it, once for a process.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

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
    """A query of the ORM for rows of values: for one, unless `one` says otherwise, so that no more are looked for.

    `make` takes arguments of the named types, uses each as it stands (`exact`, `pk`) and returns a `values_list`;
    `row` is called with the row's columns.
    """

    def __init__(
        self,
        row: Callable[..., Row],
        make: Callable[..., models.QuerySet[Any, Any]],
        *types: type,
        one: bool = True,
    ) -> None:
        self._row, self._make, self._types, self._limit = row, make, types, 1 if one else None
        self._written: _Written | None = None

    def first(self, *arguments: object) -> Row | None:
        """The first row in the query's order. Raises TransactionManagementError for a lock outside a transaction."""
        found = self.all(*arguments)
        return found[0] if found else None

    def all(self, *arguments: object) -> list[Row]:
        """All rows that were asked for, in the query's order. Raises as `first` does."""
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
            found = cursor.fetchall()
        if not written.converters:
            return [self._row(*columns) for columns in found]
        return [self._row(*_convert(list(columns), written, connection)) for columns in found]

    def _write(self) -> _Written:
        stand_ins = [_STAND_INS[kind](number) for number, kind in enumerate(self._types)]
        queryset = self._make(*stand_ins)[: self._limit]
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


class RepeatedQueries(Generic[Row]):
    """The same query for several things, written when it is first asked for about as many.

    `make` takes a tuple of arguments for each of the named types and uses each argument as it stands (`__in`).
    """

    def __init__(self, row: Callable[..., Row], make: Callable[..., models.QuerySet[Any, Any]], *types: type) -> None:
        self._row, self._make, self._types = row, make, types
        self._by_count: dict[int, RepeatedQuery[Row]] = {}

    def all(self, *arguments: Sequence[object]) -> list[Row]:
        """As many of each type. All rows, in the query's order; for nothing none. Raises as the one does."""
        count = len(arguments[0])
        if not count:
            return []
        # The last is asked for once more, so that there are few statements, which the database keeps planned.
        room = 1 << (count - 1).bit_length()
        query = self._by_count.get(room) or self._for(room)
        return query.all(*(one for each in arguments for one in (*each, *[each[-1]] * (room - count))))

    def _for(self, count: int) -> RepeatedQuery[Row]:
        def make(*flat: object) -> models.QuerySet[Any, Any]:
            return self._make(*(flat[start : start + count] for start in range(0, len(flat), count)))

        types = [kind for kind in self._types for _ in range(count)]
        self._by_count[count] = RepeatedQuery(self._row, make, *types, one=False)
        return self._by_count[count]


def _convert(columns: list[Any], written: _Written, connection: BaseDatabaseWrapper) -> list[Any]:
    for place, converters, expression in written.converters:
        for convert in converters:
            columns[place] = convert(columns[place], expression, connection)
    return columns


def _as_parameter(connection: BaseDatabaseWrapper, value: object) -> object:
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
