"""Sign and store an authority's revocation list."""

import logging
from datetime import datetime

from django.db import transaction

from pki.authority.crl import LIFETIME, build_crl, next_this_update
from pki.authority.operations.crl_is_due import crl_is_due
from pki.authority.signers import Signer, SignerUnavailable
from pki.models import Authority, CertificateRevocationList, Restoration, Revocation

logger = logging.getLogger(__name__)


def publish_crl(
    *, authority: Authority, signer: Signer, now: datetime, force: bool = False
) -> CertificateRevocationList | None:
    """Publish if due, or if forced; None when nothing was. Raises SignerUnavailable or CrlBroken.

    None, too, until a restoration is settled: a list without what was revoked since the backup would let that in again.
    """
    if signer.public_key != authority.certificate.public_key():
        raise SignerUnavailable(f"The signer's key is not that of the authority {authority.name!r}.")
    with transaction.atomic():
        # Two at once: the second waits here, and then finds that nothing is due any more.
        Authority.objects.select_for_update().get(pk=authority.pk)
        if Restoration.objects.open().exists():
            logger.warning("The revocation list of %s waits until the restoration is settled.", authority.name)
            return None
        if not force and not crl_is_due(authority, now):
            return None
        return _publish(authority, signer, now)


def _publish(authority: Authority, signer: Signer, now: datetime) -> CertificateRevocationList | None:
    newest = CertificateRevocationList.objects.of_authority(authority).defer("der").newest()
    this_update = next_this_update(now=now, previous=newest.this_update if newest else None)
    if this_update > now:
        # Each list is at least a second later than the one before. After hundreds in a few seconds, or when
        # the clock went back, that would be the future, and a list from the future locks every sensor out. It
        # stays due.
        logger.warning("The revocation list of %s waits: the next one would be from the future.", authority.name)
        return None
    number = newest.number + 1 if newest else 1
    next_update = this_update + LIFETIME
    entries, count = Revocation.objects.of_authority(authority).joined_entries()
    der = build_crl(
        issuer=authority.certificate,
        signing_key=signer.signing_key,
        number=number,
        this_update=this_update,
        next_update=next_update,
        entries=entries,
        count=count,
    )
    return CertificateRevocationList.objects.create(
        authority=authority,
        number=number,
        entry_count=count,
        this_update=this_update,
        next_update=next_update,
        der=der,
        created_at=now,
    )
