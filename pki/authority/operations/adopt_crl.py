"""Take back a revocation list that this portal published, and that a restored database does not know."""

from django.db import transaction

from pki.authority.crl import PublishedList, read_published
from pki.models import Authority, CertificateRevocationList


@transaction.atomic
def adopt_crl(*, authority: Authority, crl: bytes) -> PublishedList:
    """Stored if it is newer than all that are known: whatever is published next is newer still. Raises CrlBroken.

    What it says of certificates is for the caller to write.
    """
    found = read_published(crl=crl, issuer=authority.certificate)
    lists = CertificateRevocationList.objects.of_authority(Authority.objects.select_for_update().get(pk=authority.pk))
    newest = lists.defer("der").newest()
    if newest is None or newest.number < found.number:
        CertificateRevocationList.objects.create(
            authority=authority,
            number=found.number,
            entry_count=len(found.revoked),
            this_update=found.this_update,
            next_update=found.next_update,
            der=found.der,
        )
    return found
