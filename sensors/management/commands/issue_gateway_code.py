from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code
from sensors.models import Gateway
from tenants.actors import Actor


class Command(BaseCommand):
    help = (
        "Print a one-time code by which a machine becomes this gateway, as the owner of this host: in the admin it"
        " takes two people. All of the staff are told."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        gateway = Gateway.objects.filter(name=options["name"]).first()
        if gateway is None:
            raise CommandError(f"There is no gateway {options['name']!r}: register it first.")
        try:
            code = issue_gateway_code(gateway=gateway, issued_by=Actor.process("issue_gateway_code"))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(code)
