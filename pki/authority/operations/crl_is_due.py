"""Ask whether an authority's revocation list must be signed again."""

from datetime import datetime

from pki.models import Authority, CertificateRevocationList, Revocation


def crl_is_due(authority: Authority, now: datetime) -> bool:
    """True when there is none, when something was revoked since, or when half its life has passed."""
    newest = CertificateRevocationList.objects.of_authority(authority).defer("der").newest()
    if newest is None:
        return True
    half_way = newest.this_update + (newest.next_update - newest.this_update) / 2
    return now >= half_way or newest.entry_count != Revocation.objects.of_authority(authority).count()
