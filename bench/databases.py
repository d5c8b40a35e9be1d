"""A fresh, migrated database for each group, copied from one that was migrated once."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

CHECKOUT = Path(__file__).resolve().parent.parent
TEMPLATE = "bench_template"


class Databases:
    """All databases of one PostgreSQL, which is thrown away afterwards."""

    def __init__(self, url: str) -> None:
        """`url` names a database to connect to for making others; its role must be allowed to."""
        self._url = url
        self._migrated = False

    def create(self, name: str) -> str:
        """Return the URL of a new database that holds the portal's empty tables."""
        if not self._migrated:
            self._execute(f"CREATE DATABASE {TEMPLATE}")
            self._migrate()
            self._migrated = True
        self._execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self._url_of(name)

    def drop(self, name: str) -> None:
        """Remove it, so that no vacuum of its rows falls into the next measurement."""
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def facts(self) -> dict[str, object]:
        """What a reader must know of the database, as it says itself."""
        with psycopg.connect(self._url) as connection:
            shown = {}
            for setting in ("server_version", "fsync", "synchronous_commit"):
                row = connection.execute(f"SHOW {setting}").fetchone()
                shown[setting] = row[0] if row else None
        version = str(shown["server_version"]).split()[0]
        return {"postgres": version, "fsync": shown["fsync"], "synchronous_commit": shown["synchronous_commit"]}

    def _migrate(self) -> None:
        with tempfile.TemporaryDirectory(prefix="nsm-bench-") as state:
            done = subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                cwd=CHECKOUT,
                env={**os.environ, "DATABASE_URL": self._url_of(TEMPLATE), "NSMAAS_STATE_DIR": state},
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode != 0:
            raise SystemExit(f"bench: the database cannot be migrated:\n{done.stderr}")

    def _url_of(self, name: str) -> str:
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)
