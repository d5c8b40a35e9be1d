"""PostgreSQL from a copy of its files and the WAL that was archived since: all but the last minute before the loss."""

import re
import shutil
import subprocess
import time
from pathlib import Path

from pki.age import decrypting
from portal.backups.base_backup import BaseBackup, bases
from portal.backups.wal_files import missing_segments, open_wal, segments
from portal.installation import files, places
from portal.installation.database import sql, wait_for_server
from portal.installation.programs import run, succeeds
from portal.installation.refusals import CommandFailed, SetupRefused

_USER = "postgres"
# In memory alone: the key that opens all backups is lent to PostgreSQL's user for as long as it recovers.
_LENT = Path("/run/nsm-portal-restore")
_CLUSTERS = Path("/etc/postgresql")
# Of a log, which files of WAL are numbered in: PostgreSQL's documentation of pg_walfile_name.
_LOG = 1 << 32


class Recovery:
    """Of the newest copy in `wal`, the folder that setup was given as --wal-folder, or the one of a PostgreSQL in it.

    Raises SetupRefused before anything is changed for whatever would end the recovery early.
    """

    def __init__(self, wal: Path, identity: Path) -> None:
        self._identity = identity
        self._folder = _folder_with_bases(wal.resolve())
        self._base = bases(self._folder)[-1]
        self._cluster = _CLUSTERS / self._base.version / "main"
        newest = max(segments(self._folder), default="")
        # Also proof that the identity opens them. Another size was chosen with initdb, if at all.
        size = len(open_wal(name=newest, folder=self._folder, identity=identity)) if newest else _LOG
        if gaps := missing_segments(self._folder, since=self._base.since, per_log=_LOG // size):
            raise SetupRefused(
                f"{self._folder} lacks files of WAL, the first of each gap: {', '.join(gaps[:5])}. PostgreSQL would end"
                " there. Find them, or take the later files away, or restore the backup without --wal."
            )
        if not self._cluster.is_dir():
            version = self._base.version
            raise SetupRefused(
                f"The copy is of PostgreSQL {version}; {self._cluster} is not there: apt install postgresql-{version}"
            )

        if not succeeds("runuser", "-u", _USER, "--", "test", "-r", str(self._base.file)):
            raise SetupRefused(f"{_USER} of this host cannot read what is in {self._folder}: chown -R {_USER} it.")

    def describe(self) -> str:
        return f"{self._base.file} and {len(self._since())} files of WAL since."

    def verify(self) -> None:
        """All of it to its end. Raises AgeFailed, WalRefused."""
        with decrypting(identity=self._identity, file=self._base.file) as stream:
            while stream.read(1 << 20):
                pass
        for name in self._since():
            open_wal(name=name, folder=self._folder, identity=self._identity)

    def _since(self) -> list[str]:
        return [name for name in segments(self._folder) if name[8:] >= self._base.since[8:]]

    def run(self, *, again: bool) -> str:
        """Until when (RFC 3339) the database is as it was. It is started, and others may log in."""
        unit, data = f"postgresql@{self._base.version}-main", _data_directory(self._cluster)
        if not again:
            _refuse_one_in_use()
        run("systemctl", "stop", unit)
        _unpack(self._base, self._identity, data)
        added = self._cluster / "conf.d" / "zz-nsm-restore.conf"
        _lend(self._identity)
        try:
            files.write(added, self._settings(), 0o644)
            run("runuser", "-u", _USER, "--", "touch", str(data / "recovery.signal"))
            _recover(unit)
        finally:
            added.unlink(missing_ok=True)
            shutil.rmtree(_LENT, ignore_errors=True)
        sql("SELECT pg_reload_conf()")
        # Nothing, if nothing was written after the copy.
        return sql("SELECT pg_last_xact_replay_timestamp()") or self._base.made_at.isoformat()

    def _settings(self) -> str:
        program = f"{places.PROGRAM}/.venv/bin/python -I -m portal.backups.fetch_wal"
        command = f"{program} --from {self._folder} --identity {_LENT}/identity %f %p"
        # Nobody reads in it before its end, so the portal cannot be started on half of it.
        return f"restore_command = '{command}'\nhot_standby = off\n"


def _folder_with_bases(wal: Path) -> Path:
    found = [folder for folder in (wal, *sorted(wal.glob("*/"))) if bases(folder)]
    if not found:
        raise SetupRefused(f"--wal: in {wal} there is no copy of PostgreSQL's files (*.base).")
    if len(found) > 1:
        raise SetupRefused(f"--wal: say which: {', '.join(map(str, found))}")
    # PostgreSQL hands it to a shell.
    if not re.fullmatch(r"[A-Za-z0-9._/-]+", str(found[0])):
        raise SetupRefused(
            f"--wal: a path of letters, digits and . _ - alone, not {str(found[0])!r}: mount it elsewhere."
        )
    return found[0]


def _data_directory(cluster: Path) -> Path:
    found = re.search(r"^data_directory *= *'(/[^']+)'", files.text_of(cluster / "postgresql.conf"), re.M)
    if not found:
        raise SetupRefused(f"{cluster}/postgresql.conf names no data_directory.")
    return Path(found[1])


def _refuse_one_in_use() -> None:
    run("systemctl", "start", "postgresql")
    wait_for_server()
    others = sql("SELECT string_agg(datname, ', ') FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'")
    if others:
        raise SetupRefused(
            f"PostgreSQL on this host has databases ({others}): it is restored as a whole, or not at all."
        )


def _unpack(base: BaseBackup, identity: Path, data: Path) -> None:
    """Into the same folder, which may be a disk of its own. What was in it held no database, or is half of this one."""
    run("install", "-d", "-m", "700", "-o", _USER, "-g", _USER, str(data))
    run("find", str(data), "-mindepth", "1", "-delete")
    unpack = ["runuser", "-u", _USER, "--", "tar", "--extract", "--gzip", "--directory", str(data)]
    with decrypting(identity=identity, file=base.file) as stream:
        done = subprocess.run(unpack, stdin=stream, stderr=subprocess.PIPE, cwd="/", check=False)
    if done.returncode != 0:
        raise CommandFailed(f"{base.file} could not be unpacked: {done.stderr.decode(errors='replace')[-500:]}")


def _lend(identity: Path) -> None:
    shutil.rmtree(_LENT, ignore_errors=True)
    run("install", "-d", "-m", "700", "-o", _USER, "-g", _USER, str(_LENT))
    run("install", "-m", "400", "-o", _USER, "-g", _USER, str(identity.resolve()), str(_LENT / "identity"))


def _recover(unit: str) -> None:
    """Until it is at its end, however long that takes. Raises SetupRefused with PostgreSQL's words if it gives up."""
    try:
        run("systemctl", "start", unit)
        while not _answers():
            if not succeeds("systemctl", "is-active", "--quiet", unit):
                raise CommandFailed(f"{unit} has ended.")
            time.sleep(1)
    except CommandFailed as error:
        log = Path(f"/var/log/postgresql/postgresql-{unit.removeprefix('postgresql@')}.log")
        last = "\n".join(files.text_of(log).splitlines()[-8:])
        raise SetupRefused(f"PostgreSQL did not recover: {error}\n{last}\nMend that, then run this again.") from None


def _answers() -> bool:
    try:
        return sql("SELECT NOT pg_is_in_recovery()") == "t"
    except CommandFailed:
        return False
