"""Bring a backup onto a host that has none of it: settings and an empty database."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.operations.end_all_sessions import end_all_sessions
from pki.age import AgeFailed, decrypting
from pki.models import Restoration
from portal.backups.archive import ArchiveBroken, Manifest, read_archive
from portal.backups.database_copy import CopyFailed, is_empty, load
from portal.backups.look_through import describe, look_through
from portal.backups.settings_files import FileRefused, put_back, refuse_to_replace
from sensors.cases.operations.begin_restoration import begin_restoration
from tenants.actors import Actor


class Command(BaseCommand):
    help = (
        "Restore FILE: its settings into --configuration, its database into the empty DATABASE_URL. With --verify"
        " it is read to its end, and that is all. From then on keys are held and nothing is signed until"
        " settle_restoration, since what was cut off after the backup is not known yet. Start the portal only when this"
        " has ended. The key-encryption key is not in it: put it in its place from its own copy."
    )
    # There is no database yet, and nothing that a check could ask.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="a file of age's with the secret key")
        parser.add_argument("--configuration", type=Path, default=Path("/etc/nsmaas"), help="default: /etc/nsmaas")
        parser.add_argument("--verify", action="store_true", help="change nothing")
        parser.add_argument(
            "--recovered-until", type=_moment,
            help="the database is there already, recovered from WAL until then (RFC 3339): only its settings are read",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        self._file, self._identity = options["file"], options["identity"]
        try:
            manifest, files = look_through(self._file, identity=self._identity)
            for line in describe(self._file, manifest, files):
                self.stdout.write(line)
            if not options["verify"]:
                self._restore(manifest, files, options["configuration"], options["recovered_until"])
        except (AgeFailed, ArchiveBroken, CopyFailed, FileRefused, OSError) as problem:
            raise CommandError(f"{problem}") from None

    def _restore(
        self, manifest: Manifest, files: dict[str, tuple[bytes, int]], settings: Path, recovered: datetime | None
    ) -> None:
        made_at = recovered or datetime.fromisoformat(manifest.made_at)
        if manifest.vendor != connection.vendor:
            raise CommandError(f"The backup is of {manifest.vendor}; DATABASE_URL names {connection.vendor}.")
        known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
        if newer := sorted(set(manifest.migrations) - known):
            raise CommandError(f"The backup is of a newer portal ({newer[-1]}): install at least that one first.")
        refuse_to_replace(settings, {name: content for name, (content, _) in files.items()})
        for name, (content, mode) in files.items():
            put_back(settings, name, content, mode)
        if recovered:
            _refuse_an_empty_one()
        elif is_empty():
            load(self._database(), backup_made_at=made_at.isoformat())
        elif not _was_loaded(made_at):
            raise CommandError("The database is not empty: a backup is restored into an empty one alone.")
        call_command("migrate", verbosity=0)
        if connection.vendor == "postgresql":
            call_command("set_up_database_roles", verbosity=0)
        end_all_sessions()
        begin_restoration(backup_made_at=made_at, begun_by=Actor.process("restore"))
        self.stdout.write(f"Restored. Settings are in {settings}. Put the key-encryption key in its place, start the")
        self.stdout.write("portal, let the gateways come, then run settle_restoration. Until then keys are held.")

    def _database(self) -> Iterator[bytes]:
        with decrypting(identity=self._identity, file=self._file) as stream:
            for member in read_archive(stream):
                if not isinstance(member, Manifest) and member.name is None:
                    yield member.content


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _refuse_an_empty_one() -> None:
    if is_empty():
        raise CommandError("The database is empty: it was not recovered from WAL.")


def _was_loaded(made_at: datetime) -> bool:
    """By a run of this command that was ended after that."""
    table = Restoration._meta.db_table
    return table in connection.introspection.table_names() and (
        Restoration.objects.open().filter(backup_made_at=made_at).exists()
    )
