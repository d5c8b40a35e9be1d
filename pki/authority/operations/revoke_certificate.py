"""Revoke one certificate."""

from datetime import datetime

from django.db import transaction

from pki.authority.operations.revoke_subject import revoke_locked
from pki.models import Certificate, Reason, Revocation


def revoke_certificate(*, certificate: Certificate, reason: Reason, now: datetime) -> Revocation:
    """Revoke it; one that is revoked already keeps its first reason and time. Needs no key of ours."""
    with transaction.atomic():
        locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
        existing = Revocation.objects.filter(certificate=locked).first()
        return existing or revoke_locked([locked], reason=reason, now=now)[0]
