"""All files of PostgreSQL at one moment, encrypted: what its WAL is applied to. Made as PostgreSQL's own user."""

import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pki.age import AgeFailed, encrypting
from portal.backups.archive_wal import folder_of
from portal.backups.durable import put_in_place
from portal.backups.shipping import ship
from portal.backups.wal_files import UNFINISHED, older_than

SUFFIX = ".base"
KEPT = 3
_NAME = re.compile(r"(\d{8}T\d{6}Z)\.([0-9A-F]{24})\.pg(\d+)\.base")
_SOCKET = "--host=/var/run/postgresql"
_COPY = ("pg_basebackup", _SOCKET, "--no-password", "--pgdata=-", "--format=tar", "--wal-method=fetch")
_DAY = 86400  # seconds


class BaseBackupFailed(Exception):
    """The text is PostgreSQL's own."""


@dataclass(frozen=True, order=True)
class BaseBackup:
    """`since` is a segment of WAL that was written before it began. `version` is PostgreSQL's major one."""

    made_at: datetime
    since: str
    version: str
    file: Path


def bases(folder: Path) -> list[BaseBackup]:
    """The newest last."""
    found = ((path, _NAME.fullmatch(path.name)) for path in folder.glob(f"*{SUFFIX}"))
    return sorted(
        BaseBackup(datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), match[2], match[3], path)
        for path, match in found
        if match
    )


def make_base_backup(*, recipients: Path, ship_with: Path | None) -> BaseBackup:
    """Where the WAL goes, from which it takes away what is not needed any more.

    Raises BaseBackupFailed, AgeFailed, ShippingFailed, OSError.
    """
    folder = folder_of(_ask("SHOW archive_command"))
    if folder is None:
        raise BaseBackupFailed("PostgreSQL does not archive its WAL by nsm-portal setup, so a copy would be of no use.")
    since = _ask("SELECT pg_walfile_name(pg_current_wal_lsn())")
    version = str(int(_ask("SHOW server_version_num")) // 10000)
    now = datetime.now(UTC).replace(microsecond=0)
    base = BaseBackup(now, since, version, folder / f"{now:%Y%m%dT%H%M%SZ}.{since}.pg{version}{SUFFIX}")
    unfinished = folder / f".{base.file.name}{UNFINISHED}"
    try:
        with encrypting(recipients=recipients, to=unfinished) as stream:
            command = [*_COPY, "--compress=1", "--checkpoint=fast", "--no-manifest"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                if process.stdout is None or process.stderr is None:
                    raise AgeFailed("pg_basebackup's output is not connected.")
                shutil.copyfileobj(process.stdout, stream, 1 << 20)
                said = process.stderr.read().decode(errors="replace")
            if process.returncode != 0:
                raise BaseBackupFailed(said.strip() or "pg_basebackup failed.")
        put_in_place(unfinished, base.file)
    finally:
        unfinished.unlink(missing_ok=True)
    ship(base.file, program=ship_with)
    _take_away(folder)
    return base


def _take_away(folder: Path) -> None:
    """All but the newest ones, the WAL from before the oldest of those, and what a power cut has left half done."""
    kept = bases(folder)[-KEPT:]
    for base in bases(folder)[:-KEPT]:
        base.file.unlink()
    for path in older_than(folder, min((base.since for base in kept), key=lambda segment: segment[8:])):
        path.unlink()
    for path in folder.glob(f".*{UNFINISHED}"):
        if path.stat().st_mtime < time.time() - _DAY:
            path.unlink(missing_ok=True)


def _ask(question: str) -> str:
    command = ["psql", _SOCKET, "--no-psqlrc", "--tuples-only", "--no-align", "--command", question, "postgres"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BaseBackupFailed(done.stderr.strip() or "psql failed.")
    return done.stdout.strip()
