from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.audit.chain import BrokenChain
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain


class Command(BaseCommand):
    help = "Recompute the hash chain of every customer and of the provider; exits 1 at a break."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for chain in AuditChain.objects.order_by("name"):
            try:
                self.stdout.write(f"{chain.name}: {verify_audit(chain=chain)} entries, unbroken")
            except BrokenChain as error:
                broken += 1
                self.stderr.write(f"{chain.name}: BROKEN: {error}")
        if broken:
            raise CommandError(f"{broken} broken chain(s). Compare with the last export to find out what was changed.")
