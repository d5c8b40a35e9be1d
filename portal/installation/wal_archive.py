"""PostgreSQL's WAL, file by file to another disk: what is newer than the last backup is not lost with this host.

A disk key is wanted for years and made in a moment. The files are encrypted before they leave PostgreSQL's own folder.
"""

import shlex
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from portal.backups.archive_wal import MODULE, folder_of
from portal.installation import files, places
from portal.installation.answers import Answers
from portal.installation.database import sql, wait_for_server
from portal.installation.programs import run, succeeds
from portal.installation.refusals import CommandFailed, SetupRefused

_USER = "postgres"
# In seconds. What was written less long ago may be lost with the host.
_AT_MOST = 60
_PATIENCE = 120


def missing(answers: Answers) -> list[str]:
    if not answers.wal_folder:
        return []
    if not succeeds("systemctl", "is-active", "--quiet", "postgresql"):
        return ["have PostgreSQL archive its WAL"]
    folder = wal_folder(answers)
    if folder is None:
        return ["have PostgreSQL archive its WAL (it is started again)"]
    found = [] if folder.is_dir() else [f"make the folder {folder}, {_USER}'s alone"]
    if differing := [name for name, value in _wanted(answers, folder).items() if sql(f"SHOW {name}") != value]:
        found.append(f"have PostgreSQL archive its WAL ({', '.join(differing)}; it is started again)")
    return found


def mend(answers: Answers) -> None:
    """Raises SetupRefused for an archive of somebody else's, and if the first file does not come there."""
    there = sql("SHOW archive_command")
    if sql("SHOW archive_mode") != "off" and there != "(disabled)" and folder_of(there) is None:
        raise SetupRefused(
            f"PostgreSQL has an archive_command already: {there}. Leave --wal-folder out, or take it out."
        )
    folder = wal_folder(answers) or Path(answers.wal_folder, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{token_hex(2)}")
    _make_folder(folder)
    for name, value in _wanted(answers, folder).items():
        sql(f"ALTER SYSTEM SET {name} = '{value}'")
    run("systemctl", "restart", "postgresql")
    wait_for_server()
    _see_it_work()


def wal_folder(answers: Answers) -> Path | None:
    """Where PostgreSQL archives to now, if that is below --wal-folder.

    One of its own for each PostgreSQL: one that was made again numbers its files from the beginning again.
    """
    folder = folder_of(sql("SHOW archive_command"))
    return folder if folder and folder.parent == Path(answers.wal_folder) else None


def is_on_postgresqls_disk(answers: Answers) -> bool:
    """False while the folder is not there, which another line tells."""
    folder, data = wal_folder(answers), Path(sql("SHOW data_directory"))
    return folder is not None and folder.is_dir() and folder.stat().st_dev == data.stat().st_dev


def _wanted(answers: Answers, folder: Path) -> dict[str, str]:
    program = [str(places.PROGRAM / ".venv/bin/python"), "-I", "-m", MODULE]
    words = ["--to", str(folder), "--recipients", str(places.BACKUP_RECIPIENTS)]
    words += ["--ship-with", answers.ship_with] if answers.ship_with else []
    command = f"{shlex.join([*program, *words])} %p %f"
    return {"archive_mode": "on", "archive_command": command, "archive_timeout": f"{_AT_MOST // 60}min"}


def _make_folder(folder: Path) -> None:
    """A disk of another host's may let nobody but its owner write: root, too, is a stranger there."""
    parent = folder.parent
    if not parent.exists():
        files.make_folder(parent, 0o750)
        shutil.chown(parent, _USER, _USER)
    try:
        run("runuser", "-u", _USER, "--", "mkdir", "-p", "-m", "700", str(folder))
    except CommandFailed as error:
        raise SetupRefused(f"--wal-folder: {_USER} cannot write there. chown {_USER} {parent}. {error}") from None


def _see_it_work() -> None:
    """By one file that is ended now."""
    done, failed = _counts()
    sql("SELECT pg_create_restore_point('nsm-portal setup')")
    sql("SELECT pg_switch_wal()")
    end = time.monotonic() + _PATIENCE
    while (now := _counts())[0] <= done:
        # PostgreSQL tries three times, then waits.
        if time.monotonic() > end or now[1] >= failed + 3:
            raise SetupRefused("PostgreSQL does not archive its WAL: its log says why (/var/log/postgresql).")
        time.sleep(0.2)


def _counts() -> tuple[int, int]:
    """Files that were archived, and tries that failed, since PostgreSQL's figures began."""
    done, failed = sql("SELECT archived_count, failed_count FROM pg_stat_archiver").split("|")
    return int(done), int(failed)
