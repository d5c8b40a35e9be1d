"""Which table's rows a statement locks. On SQLite, which has one lock for all, those that it would lock elsewhere."""

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

CHAIN = "tenants_auditchain"
GATEWAY = "sensors_gateway"

_ROWS = re.compile(r'^UPDATE "(\w+)"|FROM "(\w+)".* FOR (?:NO KEY )?UPDATE', re.DOTALL)
# What triggers and functions of the owner lock.
_WITHIN = {
    CHAIN: re.compile(r'INSERT INTO "tenants_auditentry"|FROM "tenants_auditchain"'),
    GATEWAY: re.compile(r"^SELECT public\.sensors_(?:raise|allocate)_"),
}


def locked_table(sql: str) -> str:
    """An empty text for none."""
    if found := _ROWS.search(sql):
        return found[1] or found[2]
    return next((table for table, pattern in _WITHIN.items() if pattern.search(sql)), "")


@contextlib.contextmanager
def locks() -> Iterator[list[str]]:
    """The tables whose rows are locked, in the order of the first lock of each."""
    order: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if (table := locked_table(sql)) and table not in order:
            order.append(table)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield order
