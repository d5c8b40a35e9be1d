from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.operations.invite_person import invite_person
from tenants.actors import Actor
from tenants.roles import ProviderRole


class Command(BaseCommand):
    help = "Invite a provider administrator by mail: the first one, since everybody else is invited in the admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            invite_person(
                email=options["email"],
                name=options["name"],
                phone="",
                customer=None,
                role=ProviderRole.ADMINISTRATOR,
                invited_by=Actor.process("create_administrator"),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"An invitation to {options['email']} waits to be sent.")
