"""A database that was filled at the frozen state comes to the present one, with all that it holds."""

import hashlib
import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
FROZEN = Path(__file__).resolve().parent / "frozen"


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The kind of this run's database and the URL of a new one that holds the dump."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgresql:"):
        file = tmp_path / "frozen.sqlite3"
        with sqlite3.connect(file) as database:
            database.executescript((FROZEN / "sqlite.sql").read_text())
        database.close()
        yield "sqlite", f"sqlite:///{file}"
        return
    name, parts = f"frozen_{secrets.token_hex(4)}", urlsplit(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    [host] = parse_qs(parts.query)["host"]
    command = ["psql", "-h", host, "-U", parts.username or "", "-d", name, "-q", "-v", "ON_ERROR_STOP=1"]
    subprocess.run([*command, "-f", str(FROZEN / "postgresql.sql")], check=True, stdout=subprocess.DEVNULL)
    yield "postgresql", parts._replace(path=f"/{name}").geturl()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(url: str, state: Path, module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.upgrade.run", url, str(state), module, *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.live
def test_a_filled_database_is_migrated_and_still_verifies(loaded: tuple[str, str], tmp_path: Path):
    kind, url = loaded
    run(url, tmp_path, "manage", "migrate", "--verbosity", "0")
    assert run(url, tmp_path, "manage", "migrate", "--check") == ""
    assert run(url, tmp_path, "tests.upgrade.verify", str(FROZEN / f"{kind}.json")) == "all well\n"


@pytest.mark.parametrize("line", (FROZEN / "migrations.sha256").read_text().splitlines(), ids=lambda line: line[66:])
def test_a_released_migration_is_never_edited(line: str):
    """Databases out there have run it as it was: a change goes into a new one."""
    digest, path = line.split("  ")
    assert hashlib.sha256((CHECKOUT / path).read_bytes()).hexdigest() == digest
