"""Databases that a test has for itself alone, of this run's kind."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg


@contextmanager
def new_database(tmp_path: Path) -> Iterator[str]:
    """The URL of one of this run's kind."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgresql:"):
        yield f"sqlite:///{tmp_path / secrets.token_hex(4)}.sqlite3"
        return
    name = f"upgrade_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield urlsplit(url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
