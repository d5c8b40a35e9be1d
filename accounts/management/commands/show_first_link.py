from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.operations.make_first_link import make_first_link
from tenants.actors import Actor


class Command(BaseCommand):
    help = (
        "Print a link with which an administrator who has no password yet sets the first one, once and within an hour:"
        " for a portal whose mails do not arrive yet. Anybody who reads the link can use it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = make_first_link(email=options["email"], made_by=Actor.process("show_first_link"))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{settings.BASE_URL}{path}")
