"""Revoke every certificate that a subject has."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from database.repeated import RepeatedQuery
from pki.authority.crl import encode_entry
from pki.models import Certificate, Reason, Revocation


def _any(subject: str) -> QuerySet[Any, Any]:
    return Certificate.objects.of_subject(subject).values_list("pk")


_ANY = RepeatedQuery(lambda pk: int(pk), _any, str)


def revoke_subject(*, subject: str, reason: Reason, now: datetime) -> list[Revocation]:
    """Revoke what is not revoked yet, valid or not, and return the new rows. Needs no key of ours.

    See `issue_certificate` for the lock that the caller holds.
    """
    if _ANY.first(subject) is None:
        return []  # As for each new box.
    # A transaction of its own only where there is none: the caller has no use for half of it.
    with transaction.atomic(savepoint=False):
        locked = list(Certificate.objects.of_subject(subject).select_for_update().order_by("pk"))
        # Asked after the lock was got, so that of two at once the second sees what the first wrote.
        done = set(Revocation.objects.of_subject(subject).values_list("certificate_id", flat=True))
        return revoke_locked((each for each in locked if each.pk not in done), reason=reason, now=now)


def revoke_locked(certificates: Iterable[Certificate], *, reason: Reason, now: datetime) -> list[Revocation]:
    """Write the rows for certificates that are locked by the caller and not revoked."""
    return Revocation.objects.bulk_create(
        Revocation(
            certificate=certificate,
            reason=reason,
            revoked_at=now,
            entry_der=encode_entry(serial=int(certificate.serial), revoked_at=now, reason=reason),
        )
        for certificate in certificates
    )
