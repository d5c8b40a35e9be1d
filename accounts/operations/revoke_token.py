"""End a token, at once."""

from django.db import transaction
from django.utils import timezone

from accounts.models import AccessToken
from accounts.operations.record_sign_in import Caller, Step, record_sign_in
from notices.operations.queue_mails import queue_mails
from tenants.models import Person
from tenants.operations.grant_role import lock_person


@transaction.atomic(durable=True)
def revoke_token(*, token: AccessToken, revoked_by: Person, caller: Caller) -> None:
    """From the commit on it is refused. Sent again it changes nothing. Its person hears of it from another.

    The caller has made sure that `revoked_by` may.
    """
    lock_person(token.person)
    there = AccessToken.objects.filter(pk=token.pk, revoked_at=None)
    if not there.update(revoked_at=timezone.now(), revoked_by=revoked_by):
        return
    if revoked_by != token.person:
        queue_mails(
            recipients=[token.person.email],
            template="token_revoked",
            about=f"person:{token.person_id}",
            context={"person": token.person, "token": token, "revoked_by": revoked_by},
        )
    record_sign_in(
        person=token.person,
        step=Step.TOKEN_REVOKE,
        actor=revoked_by.actor,
        caller=caller,
        details={"token": token.prefix, "name": token.name},
    )
