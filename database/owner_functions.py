"""Calling the functions that run as the tables' owner, by which a process does what its own role may not.

Only PostgreSQL has them, as it alone has roles. Elsewhere an operation writes the rows itself.
"""

from typing import Any

from django.db import transaction


def has_owner_functions() -> bool:
    return bool(transaction.get_connection().vendor == "postgresql")


def call_owner_function(name: str, *arguments: object) -> Any:
    """What it returns. `name` is one of ours, as in an app's `owner_functions.sql`."""
    places = ", ".join("%s" for _ in arguments)
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(f"SELECT public.{name}({places})", arguments)
        (answer,) = cursor.fetchone()
    return answer
