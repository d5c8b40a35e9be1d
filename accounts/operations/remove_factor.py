"""Take an authenticator app or a passkey away from one's own account."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.operations.record_sign_in import Caller, Step, record_sign_in
from accounts.session_person import is_demanded_of
from tenants.models import Person
from tenants.operations.grant_role import lock_person


class LastFactor(ValidationError):
    """What is demanded stays: a password and a session left open would otherwise be enough again."""


def can_go(factor: Authenticator) -> bool:
    """Whether a second factor is left without it, or none is demanded. For a page that says so beforehand."""
    return _others(factor).exists() or not is_demanded_of(factor.user)


@transaction.atomic
def remove_factor(*, factor: Authenticator, removed_by: Person, caller: Caller) -> None:
    """Recovery codes go with the last one. Sent again it changes nothing. The person hears of it by mail.

    Raises LastFactor. The lock has two who take away one each see one another.
    """
    lock_person(removed_by)
    if not can_go(factor):
        raise LastFactor(_("Your role asks for a second factor, and this is your only one. Add another one first."))
    name = factor.data.get("name", "")
    is_last = not _others(factor).exists()
    if not Authenticator.objects.filter(pk=factor.pk, user=removed_by).delete()[0]:
        return
    if is_last:
        Authenticator.objects.filter(user=removed_by).delete()
    is_passkey = factor.type == Authenticator.Type.WEBAUTHN
    record_sign_in(
        person=removed_by,
        step=Step.PASSKEY_REMOVE if is_passkey and not is_last else Step.FACTOR_OFF,
        actor=removed_by.actor,
        caller=caller,
        details={"kind": str(factor.type), **({"name": name} if is_passkey else {})},
    )


def _others(factor: Authenticator) -> QuerySet[Authenticator]:
    theirs = Authenticator.objects.filter(user_id=factor.user_id).exclude(pk=factor.pk)
    others: QuerySet[Authenticator] = theirs.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return others
