"""Somebody has lost phone and recovery codes: take the factor away, and end their sessions."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.operations.record_sign_in import Caller, Step, record_sign_in
from tenants.actors import Actor
from tenants.models import Person


@transaction.atomic
def reset_second_factor(*, email: str, decided_by: str, reset_by: Actor, caller: Caller) -> int:
    """The number of sessions that ended. The person is locked before any chain, as in a sign-in.

    Raises ValidationError if there is no such person or no factor.
    """
    person = Person.objects.select_for_update(no_key=True).filter(email=email).first()
    if person is None:
        raise ValidationError(f"There is nobody with the address {email!r}.")
    factors = Authenticator.objects.filter(user=person)
    kinds = sorted(factors.values_list("type", flat=True))
    if not kinds:
        raise ValidationError(f"{email} has no second factor.")
    factors.delete()
    # A thief of the phone may have the browser, too. It also ends sessions that `_sessions_of` cannot open, since they
    # were signed with another secret key than this process has.
    Person.objects.filter(pk=person.pk).update(sign_in_generation=F("sign_in_generation") + 1)
    ended, _ = Session.objects.filter(pk__in=list(_sessions_of(person))).delete()
    record_sign_in(
        person=person,
        step=Step.FACTOR_OFF,
        actor=reset_by,
        caller=caller,
        details={"by": decided_by, "kinds": kinds, "sessions_ended": ended},
    )
    return ended


def _sessions_of(person: Person) -> Iterator[str]:
    """Whose a session is stands inside it, so each one has to be opened."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            yield session.pk
