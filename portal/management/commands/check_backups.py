"""Say what is not right with the backups, for a monitor or a person: nothing and 0 if all is."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.backups.continuous import look_at_continuity
from portal.backups.staleness import find_stale


class Command(BaseCommand):
    help = "Fail if the newest backup in FOLDER is older than a day, or if nothing keeps what was written since."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if found := [*find_stale(options["folder"]), *look_at_continuity().sentences]:
            raise CommandError("\n".join(found))
