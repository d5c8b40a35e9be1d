"""`nsm-portal restore`: a backup onto a host that has nothing but the package, PostgreSQL and Redis."""

import os
from collections.abc import Mapping
from pathlib import Path

from pki.age import AgeFailed
from portal.backups.archive import ArchiveBroken
from portal.backups.look_through import describe, look_through
from portal.backups.settings_files import FileRefused, put_back, refuse_to_replace
from portal.backups.wal_files import WalRefused
from portal.installation import broker, database, files, places, users
from portal.installation.answers import Answers, read_file
from portal.installation.manage import show
from portal.installation.recovery import Recovery
from portal.installation.refusals import SetupRefused

# What has to be there before a command of the portal's can run.
_BEFORE = (users, database, broker)


def restore(*, file: Path, identity: Path, wal: Path | None, verify: bool) -> int:
    """Raises SetupRefused. With `verify` nothing is changed. Cut off in between it goes on when it is run again."""
    if os.geteuid() != 0:
        raise SetupRefused("Only root can do this: sudo nsm-portal restore")
    try:
        manifest, settings = look_through(file, identity=identity)
        for line in describe(file, manifest, settings):
            print(line, flush=True)
        recovery = Recovery(wal, identity) if wal else None
        if recovery:
            print(recovery.describe(), flush=True)
        if verify:
            if recovery:
                recovery.verify()
            return 0
        refuse_to_replace(places.CONFIGURATION, {name: content for name, (content, _) in settings.items()})
        return _restore(file, identity, settings, recovery)
    except (AgeFailed, ArchiveBroken, FileRefused, WalRefused, OSError) as problem:
        raise SetupRefused(str(problem)) from None


def _restore(file: Path, identity: Path, settings: Mapping[str, tuple[bytes, int]], recovery: Recovery | None) -> int:
    again = places.RESTORE_UNDER_WAY.exists()
    files.make_folder(places.STATE, 0o700)
    files.write(places.RESTORE_UNDER_WAY, f"{file}\n", 0o600)
    for name, (content, mode) in settings.items():
        put_back(places.CONFIGURATION, name, content, mode)
    until: tuple[str, ...] = ()
    if recovery:
        until = ("--recovered-until", recovery.run(again=again))
    if places.ANSWERS.exists():
        answers = Answers(**read_file(places.ANSWERS))
        for step in _BEFORE:
            if step.missing(answers):
                step.mend(answers)
    status = show("restore", str(file.resolve()), "--identity", str(identity.resolve()), *until)
    if status == 0:
        places.RESTORE_UNDER_WAY.unlink()
        print("Next: the key-encryption key into its place, then nsm-portal setup (it asks for nothing).", flush=True)
    return status
