"""Make sure that an account counts as one of two people, in the transaction of what it decides."""

from collections.abc import Iterable
from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from notices.models import Mail
from tenants.account_standing import Standing, why_it_does_not_count
from tenants.models import AccountChange, AccountStep, Person
from tenants.roles import COUNTED_ROLES

_NEW_KEYS = frozenset({AccountStep.FACTOR_ON, AccountStep.PASSKEY_ADD})
_MAKING = frozenset({AccountStep.ADD, AccountStep.READMIT, AccountStep.GRANT})


class AccountDoesNotCount(ValidationError):
    """The message says why, and from when on it does."""


def check_standing(*, person: Person, asked_at: datetime | None) -> None:
    """Raises AccountDoesNotCount. `asked_at` is when that was asked for which the person is to agree to.

    The caller who decides by it has locked the person, so that no role is given and no factor taken away meanwhile.
    """
    if why := why_not(person=person, asked_at=asked_at):
        raise AccountDoesNotCount(why)


def why_not(*, person: Person, asked_at: datetime | None) -> str:
    """The same for a page that says so beforehand; empty if the account counts."""
    return why_not_each(person=person, asked_at=[asked_at])[0]


def why_not_each(*, person: Person, asked_at: Iterable[datetime | None]) -> list[str]:
    """The same for a list of requests: what is known of the account is read once."""
    standing, now = _standing(person), timezone.now()
    return [
        why_it_does_not_count(standing, now=now, settles_after=settings.SETTLES_AFTER, asked_at=moment)
        for moment in asked_at
    ]


def _standing(person: Person) -> Standing:
    changes = [change for change in AccountChange.objects.filter(person=person) if not _is_small(change)]
    keys = [change for change in changes if change.step in _NEW_KEYS]
    meddling = [change for change in changes if _is_meddling(change, first_key=keys[0] if keys else None)]
    # Of one that is there without a word of how, nobody was told.
    unexplained = not any(change.step == AccountStep.ADD for change in changes)
    factors = list(Authenticator.objects.filter(user=person).values_list("type", "created_at"))
    shown = [at for kind, at in factors if kind != Authenticator.Type.RECOVERY_CODES]
    return Standing(
        name=person.name or person.email,
        changed_at=max([person.date_joined, *(change.at for change in changes), *(at for _, at in factors)]),
        meddled_at=max((change.at for change in meddling), default=person.date_joined if unexplained else None),
        told_at=None if unexplained else _told_at(meddling),
        factor_since=max(shown, default=None),
        factor_demanded=settings.SECOND_FACTOR != "offered",
    )


def _is_small(change: AccountChange) -> bool:
    """A role that counts for nothing, at a customer: whose manager could otherwise, by giving and taking it over and
    over, keep somebody from counting at another customer."""
    roles = {AccountStep.GRANT, AccountStep.REVOKE}
    return change.step in roles and change.customer_id is not None and change.role not in COUNTED_ROLES


def _is_meddling(change: AccountChange, *, first_key: AccountChange | None) -> bool:
    """A factor that is gone and set up again may be somebody else's, and so may a passkey beside the first factor. What
    a command on the host makes counts at once: a person who can give one holds the database in any case."""
    return (
        change.step == AccountStep.FACTOR_OFF
        or (change.step == AccountStep.PASSKEY_ADD and change != first_key)
        or (change.step in _MAKING and change.made_by_id is not None)
    )


def _told_at(meddling: Iterable[AccountChange]) -> datetime | None:
    """When the last mail was sent. None if one waits for somebody who may sign in, or if a change has none at all."""
    latest = datetime.min.replace(tzinfo=UTC)
    for change in meddling:
        if not _is_told_of(change):
            continue
        sent = dict(Mail.objects.filter(about=change.about).values_list("recipient", "sent_at"))
        waiting = [recipient for recipient, at in sent.items() if at is None]
        if not any(sent.values()) or Person.objects.active().filter(email__in=waiting).exists():
            return None
        latest = max(latest, *(at for at in sent.values() if at))
    return latest


def _is_told_of(change: AccountChange) -> bool:
    by_others = change.made_by_id != change.person_id
    return (change.step == AccountStep.FACTOR_OFF and by_others) or (
        change.step == AccountStep.GRANT and change.role in COUNTED_ROLES
    )
