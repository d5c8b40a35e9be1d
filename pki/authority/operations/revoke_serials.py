"""Revoke certificates by their numbers, each with its own reason."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pki.authority.crl import encode_entry
from pki.models import Certificate, Reason, Revocation


class Revoked(NamedTuple):
    certificate: int
    reason: Reason
    at: datetime


def revoke_serials(*, revoked: Iterable[Revoked]) -> list[Revocation]:
    """The new rows; those that are revoked already stay as they are. In the caller's transaction. Needs no key of ours.

    See `issue_certificate` for the lock that the caller holds.
    """
    wanted = {one.certificate: one for one in revoked}
    locked = Certificate.objects.filter(pk__in=wanted).select_for_update().order_by("pk")
    certificates = list(locked.values_list("pk", "serial"))
    done = set(Revocation.objects.filter(certificate__in=wanted).values_list("certificate_id", flat=True))
    return Revocation.objects.bulk_create(
        Revocation(
            certificate_id=key,
            reason=wanted[key].reason,
            revoked_at=wanted[key].at,
            entry_der=encode_entry(serial=int(serial), revoked_at=wanted[key].at, reason=wanted[key].reason),
        )
        for key, serial in certificates
        if key not in done
    )
