"""Revoke what a subject no longer needs of its certificates."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from pki.authority.operations.revoke_subject import revoke_locked
from pki.models import Certificate, Reason, Revocation


def revoke_superseded(*, subject: str, keep: Collection[int], now: datetime) -> list[Revocation]:
    """All but those with the keys `keep`, as far as they still serve; the new rows. Needs no key of ours.

    See `issue_certificate` for the lock that the caller holds.
    """
    with transaction.atomic(savepoint=False):
        serving = Certificate.objects.of_subject(subject).filter(not_after__gt=now).exclude(pk__in=keep)
        locked = list(serving.select_for_update().order_by("pk"))
        done = set(Revocation.objects.of_subject(subject).values_list("certificate_id", flat=True))
        return revoke_locked((each for each in locked if each.pk not in done), reason=Reason.SUPERSEDED, now=now)
