"""The whole database as a stream, and back: PostgreSQL's own programs, and SQLite's own copy of itself."""

import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from django.db import connection
from django.utils import timezone

# In the transaction of all the rest: no portal can be started on a restored database that does not know that it is one.
_MARK = "INSERT INTO {}pki_restoration (backup_made_at, restored_at) VALUES ('{}', '{}')"


class CopyFailed(Exception):
    """The text is the database's own."""


@contextmanager
def dumping() -> Iterator[IO[bytes]]:
    """The database of this moment. Raises CopyFailed."""
    if connection.vendor == "sqlite":
        with tempfile.TemporaryDirectory(dir=Path(_name()).parent, prefix=".backup-") as folder:
            copy = Path(folder, "copy")
            with closing(sqlite3.connect(_name())) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target)
            with copy.open("rb") as file:
                yield file
        return
    command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-password"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()) as process:
        if process.stdout is None or process.stderr is None:
            raise CopyFailed("pg_dump's output is not connected.")
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        said = process.stderr.read().decode(errors="replace")
    if process.returncode != 0:
        raise CopyFailed(said.strip() or "pg_dump failed.")


def is_empty() -> bool:
    return not connection.introspection.table_names()


def load(pieces: Iterable[bytes], *, backup_made_at: str) -> None:
    """All of it, with the mark that it was restored, or nothing. Raises CopyFailed."""
    mark = (backup_made_at, timezone.now().isoformat())
    connection.close()
    if connection.vendor == "sqlite":
        _load_sqlite(pieces, mark)
    else:
        _load_postgresql(pieces, mark)


def _load_sqlite(pieces: Iterable[bytes], mark: tuple[str, str]) -> None:
    name = Path(_name())
    with tempfile.TemporaryDirectory(dir=name.parent, prefix=".restore-") as folder:
        copy = Path(folder, "copy")
        with copy.open("wb") as file:
            file.writelines(pieces)
        try:
            with closing(sqlite3.connect(copy)) as database, database:
                # As Django writes times here.
                times = [moment.replace("T", " ").removesuffix("+00:00") for moment in mark]
                database.execute(_MARK.format("", *times))
        except sqlite3.Error as error:
            raise CopyFailed(str(error)) from None
        descriptor = os.open(copy, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        copy.replace(name)


def _load_postgresql(pieces: Iterable[bytes], mark: tuple[str, str]) -> None:
    into = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--no-password"]
    out_of = ["pg_restore", "--no-owner", "--no-privileges", "--file=-"]
    # Its script goes by way of a file: only one that is whole is begun.
    with tempfile.TemporaryFile() as script:
        with subprocess.Popen(
            out_of, stdin=subprocess.PIPE, stdout=script, stderr=subprocess.PIPE, env=_environment()
        ) as reading:
            if reading.stdin is None or reading.stderr is None:
                raise CopyFailed("pg_restore's input is not connected.")
            try:
                for piece in pieces:
                    reading.stdin.write(piece)
                reading.stdin.close()
            except BrokenPipeError:
                pass  # It says why itself.
            said = reading.stderr.read().decode(errors="replace")
        if reading.returncode != 0:
            raise CopyFailed(said.strip() or "pg_restore failed.")
        script.seek(0, os.SEEK_END)
        script.write(f"\n{_MARK.format('public.', *mark)};\n".encode())
        script.seek(0)
        done = subprocess.run(
            into, stdin=script, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=_environment(), check=False
        )
    if done.returncode != 0:
        raise CopyFailed(done.stderr.decode(errors="replace").strip() or "psql failed.")


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _environment() -> dict[str, str]:
    here: dict[str, Any] = connection.settings_dict
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
    told = {there: str(here[own]) for own, there in names.items() if here[own]}
    return {**os.environ, **told}
