from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from tenants.actors import Actor
from tenants.models import Person
from tenants.operations.record_sign_in import Caller, Step, record_sign_in
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
        ended = _reset(options["email"].strip().lower(), by=options["by"])
        self.stdout.write(f"The second factor of {options['email']} is gone, and {ended} session(s) ended.")


@transaction.atomic
def _reset(email: str, *, by: str) -> int:
    """The number of sessions that ended. The person is locked before any chain, as in a sign-in."""
    person = Person.objects.select_for_update().filter(email=email).first()
    if person is None:
        raise CommandError(f"There is nobody with the address {email!r}.")
    factors = Authenticator.objects.filter(user=person)
    kinds = sorted(factors.values_list("type", flat=True))
    if not kinds:
        raise CommandError(f"{email} has no second factor.")
    factors.delete()
    ended, _ = Session.objects.filter(pk__in=list(_sessions_of(person))).delete()
    record_sign_in(
        person=person,
        step=Step.FACTOR_OFF,
        actor=Actor.process("reset_second_factor"),
        caller=HERE,
        details={"by": by, "kinds": kinds, "sessions_ended": ended},
    )
    return ended


def _sessions_of(person: Person) -> Iterator[str]:
    """Whose a session is stands inside it, so each one has to be opened."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            yield session.pk
