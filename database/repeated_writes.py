"""Inserts and updates whose SQL is written once, as `database.repeated` does for queries."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db import models, transaction
from django.db.backends.utils import CursorWrapper


class RepeatedInsert:
    """Writes rows of a model from the values of all its columns."""

    def __init__(self, model: type[models.Model]) -> None:
        fields: list[Any] = [
            field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)
        ]
        self._fields = {field.attname: field for field in fields}
        self._table, self._key = model._meta.db_table, model._meta.pk.column
        columns = ", ".join(f'"{field.column}"' for field in fields)
        places = ", ".join("%s" for _ in fields)
        # Only the model's own names of tables and columns are in here.
        self._sql = f'INSERT INTO "{self._table}" ({columns}) VALUES ({places})'  # noqa: S608

    def __call__(self, **values: object) -> None:
        """Raises TypeError unless each column, the automatic key aside, is named once."""
        with self._execute(self._sql, values):
            pass

    def returning_key(self, **values: object) -> int:
        """The same, and gives the key that the database has made. SQLite can since version 3.35."""
        with self._execute(f'{self._sql} RETURNING "{self._key}"', values) as cursor:
            (key,) = cursor.fetchone()
        return int(key)

    def many(self, rows: Sequence[dict[str, object]]) -> None:
        """All in one statement, the same for any number. PostgreSQL's alone. Raises as for one."""
        prepared = [self._prepared(values) for values in rows]
        with transaction.get_connection().cursor() as cursor:
            cursor.execute(self._sql_for_many, [list(column) for column in zip(*prepared, strict=True)])

    @cached_property
    def _sql_for_many(self) -> str:
        columns = ", ".join(f'"{field.column}"' for field in self._fields.values())
        return f'INSERT INTO "{self._table}" ({columns}) SELECT * FROM {_unnest(self._fields.values())}'  # noqa: S608

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
    """Sets some columns of the rows in which one column has a value, and, if so named, another has none yet."""

    def __init__(
        self, model: type[models.Model], *, where: str, changes: tuple[str, ...], while_null: str | None = None
    ) -> None:
        self._fields: list[Any] = [model._meta.get_field(name) for name in (*changes, where)]
        assigned = ", ".join(f'"{field.column}" = %s' for field in self._fields[:-1])
        # As above.
        self._sql = f'UPDATE "{model._meta.db_table}" SET {assigned} WHERE "{self._fields[-1].column}" = %s'  # noqa: S608
        if while_null is not None:
            column: Any = model._meta.get_field(while_null)
            self._sql += f' AND "{column.column}" IS NULL'

    def __call__(self, where: object, *changes: object) -> None:
        connection = transaction.get_connection()
        pairs = zip(self._fields, (*changes, where), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(self._sql, [field.get_db_prep_save(value, connection) for field, value in pairs])


def _unnest(fields: Iterable[Any]) -> str:
    """Rows out of one array for each column. Without a length, to which a cast would cut instead of refusing."""
    connection = transaction.get_connection()
    types = (str(field.rel_db_type(connection)).partition("(")[0] for field in fields)
    return f"unnest({', '.join(f'%s::{one}[]' for one in types)})"
