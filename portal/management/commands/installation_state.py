import json
from dataclasses import asdict
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from pki.models import Authority, KeyEncryptionKeyCheck, NoAuthority
from portal.backups.continuous import look_at_continuity
from portal.database_role import rights_that_differ
from tenants.models import Person
from tenants.roles import ProviderRole


class Command(BaseCommand):
    help = "Say in JSON what the database knows of this installation: nsm-portal setup asks before each step."
    # It is asked before there are tables and secrets, too.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        targets = executor.loader.graph.leaf_nodes()
        unapplied = [f"{migration.app_label}.{migration.name}" for migration, _ in executor.migration_plan(targets)]
        known = _known() if not unapplied else {}
        self.stdout.write(json.dumps({"unapplied_migrations": unapplied, **_NOTHING, **known}))


_NOTHING = {
    "rights_that_differ": 0,
    "authority": "",
    "key_encryption_keys": [],
    "second_factors": False,
    "administrator": "",
    "kept_since_backup": {"absent": "", "failing": ""},
}


def _known() -> dict[str, Any]:
    try:
        authority = Authority.objects.current().name
    except NoAuthority:
        authority = ""
    administrators = Person.objects.active().filter(groups__providerrolegroup__role=ProviderRole.ADMINISTRATOR)
    ready = any(person.has_usable_password() for person in administrators)
    return {
        "rights_that_differ": len(rights_that_differ()) if connection.vendor == "postgresql" else 0,
        "authority": authority,
        "key_encryption_keys": sorted(KeyEncryptionKeyCheck.objects.values_list("kek_id", flat=True)),
        "second_factors": Authenticator.objects.exists(),
        "kept_since_backup": asdict(look_at_continuity()),
        "administrator": "ready" if ready else "invited" if administrators.exists() else "",
    }
