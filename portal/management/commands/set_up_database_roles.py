from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from database.roles.setting_up import RolesNotSetUp, set_up_roles, undeclared
from portal.grants import GRANTS


class Command(BaseCommand):
    help = (
        "Make one PostgreSQL role for each process, and give each exactly the rights that it needs. To be run by the"
        " owner of the tables, after each migrate. Does nothing where all is so already."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles: on SQLite each process can change everything.")
        with transaction.atomic(), connection.cursor() as cursor:
            if differing := undeclared(cursor, GRANTS):
                named = ", ".join(sorted(differing)[:10])
                raise CommandError(
                    f"{len(differing)} columns are not declared in the grants.py of their app, or not there: {named}."
                    " Run migrate first."
                )
            try:
                statements = set_up_roles(cursor, GRANTS)
            except RolesNotSetUp as problem:
                raise CommandError(str(problem)) from None
        if options["verbosity"]:
            self.stdout.write(f"The roles are set up ({statements or 'no'} statements).")
