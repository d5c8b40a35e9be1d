"""Who can open backups, where they go, and each night's one. Nothing of it is asked for: it can be said later."""

from collections.abc import Iterator
from pathlib import Path

from pki.age import AgeFailed
from portal.backups.base_backup import BaseBackupFailed, make_base_backup
from portal.backups.shipping import ShippingFailed
from portal.backups.staleness import BACKUP, BASE, find_stale
from portal.installation import files, places
from portal.installation.answers import Answers
from portal.installation.manage import show
from portal.installation.portal_state import portal_state
from portal.installation.programs import run
from portal.installation.refusals import CommandFailed, SetupRefused
from portal.installation.wal_archive import is_on_postgresqls_disk, wal_folder

NOBODY = (
    "There is no backup of this portal, since nobody was named who could open one: run nsm-portal setup"
    " --backup-recipients FILE."
)
# Where the unit may write as it is shipped.
_WITH_THE_UNIT = "/var/backups/nsmaas"
_UNITS = {"nsm-portal-backup.service": "backup_folder", "nsm-portal-base-backup.service": "wal_folder"}
_ADDED = Path("/etc/systemd/system")


def missing(answers: Answers) -> list[str]:
    found = []
    if answers.backup_recipients and files.text_of(places.BACKUP_RECIPIENTS) != _wanted(answers):
        found.append(f"write who can open backups to {places.BACKUP_RECIPIENTS}")
    if answers.wal_folder and not answers.backup_recipients and not places.BACKUP_RECIPIENTS.exists():
        found.append("ask who can open what goes to --wal-folder")
    if (found or places.BACKUP_RECIPIENTS.exists()) and not Path(answers.backup_folder).is_dir():
        found.append(f"make the folder {answers.backup_folder}")
    return found + [
        f"let {path.parent.name.removesuffix('.d')} write where backups go"
        for path, text in _units(answers)
        if files.text_of(path) != text
    ]


def mend(answers: Answers) -> None:
    if answers.backup_recipients:
        text = _wanted(answers)
        try:
            run("age", "--encrypt", "--recipients-file", "/dev/stdin", "--output", "/dev/null", "/dev/null", given=text)
        except CommandFailed as error:
            raise SetupRefused(f"--backup-recipients: {error}") from None
        files.write(places.BACKUP_RECIPIENTS, text, 0o644)
    elif answers.wal_folder and not places.BACKUP_RECIPIENTS.exists():
        raise SetupRefused("--wal-folder needs --backup-recipients, too: nothing leaves this host in the clear.")
    if places.BACKUP_RECIPIENTS.exists() and not Path(answers.backup_folder).is_dir():
        files.make_folder(Path(answers.backup_folder), 0o700)
    for path, text in _units(answers):
        files.make_folder(path.parent, 0o755)
        files.write(path, text, 0o644)
    run("systemctl", "daemon-reload")


def missing_first(answers: Answers) -> list[str]:
    return [f"make the first one: {unit}" for unit in _first(answers)]


def mend_first(answers: Answers) -> None:
    for unit in _first(answers):
        try:
            run("systemctl", "start", unit)
        except CommandFailed:
            said = run("journalctl", "--unit", unit, "--lines", "8", "--output", "cat", "--no-pager")
            raise SetupRefused(f"{unit} does not run. Its last words:\n{said.strip()}") from None


def shortcomings(answers: Answers) -> Iterator[str]:
    """What nobody has asked for, each day in one sentence."""
    if not places.BACKUP_RECIPIENTS.exists():
        yield NOBODY
    elif absent := portal_state().kept_since_backup["absent"]:
        yield f"{absent} Run nsm-portal setup --wal-folder FOLDER." if answers.database_is_local else absent
    if answers.wal_folder and not answers.ship_with and is_on_postgresqls_disk(answers):
        yield f"{answers.wal_folder} is on the disk that PostgreSQL is on: what is archived there is lost with it."


def faults(answers: Answers) -> Iterator[str]:
    """What was asked for and is not done."""
    if places.BACKUP_RECIPIENTS.exists():
        for line in find_stale(Path(answers.backup_folder)):
            yield f"{line} See journalctl -u nsm-portal-backup."
    if answers.wal_folder and (folder := wal_folder(answers)):
        for line in find_stale(folder, BASE):
            yield f"{line} See journalctl -u nsm-portal-base-backup."
    if failing := portal_state().kept_since_backup["failing"]:
        yield failing


def back_up(answers: Answers) -> int:
    """Each night's. Without anybody who could open one it says so, and that is all."""
    if not places.BACKUP_RECIPIENTS.exists():
        print(NOBODY, flush=True)
        return 0
    folder = Path(answers.backup_folder)
    if not folder.is_dir():
        files.make_folder(folder, 0o700)
    shipped = ("--ship-with", answers.ship_with) if answers.ship_with else ()
    return show("backup", str(folder), "--recipients", str(places.BACKUP_RECIPIENTS), *shipped)


def copy_postgresql(answers: Answers) -> int:
    """Each night's copy, as PostgreSQL's user. Raises SetupRefused."""
    if not answers.wal_folder:
        print("No folder for WAL was named (nsm-portal setup --wal-folder), so no copy of PostgreSQL's files is made.")
        return 0
    shipped = Path(answers.ship_with) if answers.ship_with else None
    try:
        base = make_base_backup(recipients=places.BACKUP_RECIPIENTS, ship_with=shipped)
    except (AgeFailed, BaseBackupFailed, ShippingFailed, OSError) as problem:
        raise SetupRefused(f"No copy of PostgreSQL's files was made. {problem}") from None
    print(f"Made {base.file}, {base.file.stat().st_size} bytes.", flush=True)
    return 0


def _first(answers: Answers) -> list[str]:
    found = []
    if places.BACKUP_RECIPIENTS.exists() and not [*Path(answers.backup_folder).glob(f"*{BACKUP}")]:
        found.append("nsm-portal-backup.service")
    if answers.wal_folder and not ((folder := wal_folder(answers)) and [*folder.glob(f"*{BASE}")]):
        found.append("nsm-portal-base-backup.service")
    return found


def _wanted(answers: Answers) -> str:
    """A file that is gone meanwhile was taken already."""
    given = answers.backup_recipients
    if not given.startswith("/"):
        return "\n".join(key.strip() for key in given.split(",") if key.strip()) + "\n"
    path = Path(given)
    if not path.exists() and places.BACKUP_RECIPIENTS.exists():
        return files.text_of(places.BACKUP_RECIPIENTS)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SetupRefused(f"--backup-recipients: {path} cannot be read.") from None


def _units(answers: Answers) -> Iterator[tuple[Path, str]]:
    """systemd shows them all but a few folders as one that cannot be written to."""
    for unit, name in _UNITS.items():
        folder = getattr(answers, name)
        if folder not in {"", _WITH_THE_UNIT}:
            # Not there yet, or not mounted: the unit itself says so then.
            yield _ADDED / f"{unit}.d" / "nsm-portal.conf", f"[Service]\nReadWritePaths=-{folder}\n"
