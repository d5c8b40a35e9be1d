from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.operations.record_sign_in import Caller
from accounts.operations.reset_second_factor import reset_second_factor
from tenants.actors import Actor
from tenants.validators import validate_display_name

# The mail to the person goes on from "from the network address": there is no other here.
HERE = Caller(address="of the portal's own host", agent="reset_second_factor")


class Command(BaseCommand):
    help = (
        "Take the second factor and the recovery codes away from somebody who has lost both, and end their sessions. "
        "Make sure first, by a way that needs no mail, that it is really this person who asks: from then on the "
        "password alone leads to the page where a new factor is set up."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--by", required=True, metavar="NAME", help="who decided it, for the audit trail")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_display_name(options["by"])
        except ValidationError as error:
            raise CommandError(f"--by: {' '.join(error.messages)}") from None
        try:
            ended = reset_second_factor(
                email=options["email"].strip().lower(),
                decided_by=options["by"],
                reset_by=Actor.process("reset_second_factor"),
                caller=HERE,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"The second factor of {options['email']} is gone, and {ended} session(s) ended.")
