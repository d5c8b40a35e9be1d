from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.audit.chain import to_line
from tenants.audit.verify_audit import chain_entries
from tenants.models import AuditChain


class Command(BaseCommand):
    help = (
        "Write one audit chain as JSON lines to standard output; tenants/audit/chain.py verifies it without database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("chain", help="'provider', or a customer's short name")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["chain"]
        chain = AuditChain.objects.filter(name=name, customer=None).first()
        chain = chain or AuditChain.objects.filter(customer__slug=name).first()
        if chain is None:
            known = AuditChain.objects.exclude(customer=None).values_list("customer__slug", flat=True)
            raise CommandError(
                f"There is no chain {name!r}. Known: {', '.join(['provider', *sorted(map(str, known))])}"
            )
        for entry in chain_entries(chain):
            self.stdout.write(to_line(entry))
