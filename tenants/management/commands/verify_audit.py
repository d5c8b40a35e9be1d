from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.audit.chain import BrokenChain
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain
from tenants.operations.note_verification import note_verification


class Command(BaseCommand):
    help = "Recompute the hash chain of every customer and of the provider; exits 1 at a break."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = entries = 0
        for chain in AuditChain.objects.order_by("name"):
            try:
                found = verify_audit(chain=chain)
                entries += found
                self.stdout.write(f"{chain.name}: {found} entries, unbroken")
            except BrokenChain as error:
                broken += 1
                self.stderr.write(f"{chain.name}: BROKEN: {error}")
        note_verification(entries=entries, broken_chains=broken)
        if broken:
            raise CommandError(f"{broken} broken chain(s). Compare with the last export to find out what was changed.")
