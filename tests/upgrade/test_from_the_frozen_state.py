"""A database that was filled at the frozen state comes to the present one, with all that it holds."""

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.checkout import CHECKOUT
from tests.support.databases import new_database

pytestmark = pytest.mark.each_database

FROZEN = Path(__file__).resolve().parent / "frozen"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    with new_database(tmp_path) as url:
        yield url


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The kind of this run's database, and the URL of one that holds the dump."""
    with new_database(tmp_path) as url:
        kind = url.partition(":")[0]
        dump = FROZEN / f"{kind}.sql"
        if kind == "postgresql":
            command = [*program("psql", url), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(dump)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        else:
            with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
                database.executescript(dump.read_text())
            database.close()
        yield kind, url


def program(name: str, url: str) -> list[str]:
    """One of PostgreSQL's, for this database."""
    parts = urlsplit(url)
    [host] = parse_qs(parts.query)["host"]
    return [name, "-h", host, "-U", parts.username or "", "-d", parts.path.removeprefix("/")]


def schema_of(url: str, tmp_path: Path) -> list[str]:
    if url.startswith("postgresql:"):
        # PostgreSQL writes an expression otherwise once it has read its own writing.
        with new_database(tmp_path) as again:
            subprocess.run(
                program("psql", again),
                input=dumped(url),
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            return sorted(line for line in dumped(again).decode().splitlines() if not line.startswith(("--", "\\")))
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        rows = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    database.close()
    return sorted(map(str, rows))


def dumped(url: str) -> bytes:
    command = [*program("pg_dump", url), "--schema-only", "--no-owner", "--no-privileges"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def run(url: str, state: Path, module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.support.upgrade.run", url, str(state), module, *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.live
def test_a_filled_database_is_migrated_and_still_verifies(loaded: tuple[str, str], tmp_path: Path):
    kind, url = loaded
    run(url, tmp_path, "manage", "migrate", "--verbosity", "0")
    assert run(url, tmp_path, "manage", "migrate", "--check") == ""
    assert run(url, tmp_path, "tests.support.upgrade.verify", str(FROZEN / f"{kind}.json")) == "all well\n"


@pytest.mark.live
def test_it_has_the_tables_and_triggers_of_a_new_one(loaded: tuple[str, str], empty: str, tmp_path: Path):
    """Migrations call code of ours for triggers and functions: a change of that code reaches new databases alone."""
    _, url = loaded
    for each in (url, empty):
        run(each, tmp_path, "manage", "migrate", "--verbosity", "0")
    assert schema_of(url, tmp_path) == schema_of(empty, tmp_path)


@pytest.mark.parametrize("line", (FROZEN / "migrations.sha256").read_text().splitlines(), ids=lambda line: line[66:])
def test_a_released_migration_is_never_edited(line: str):
    """Databases out there have run it as it was: a change goes into a new one."""
    digest, path = line.split("  ")
    assert hashlib.sha256((CHECKOUT / path).read_bytes()).hexdigest() == digest
