from django.utils import timezone

from pki.models import Authority
from pki.operations.publish_crl import publish_crl
from pki.signers import configured_signer


def publish_due_crls() -> None:
    """Sign what changed or grows old. A cut-off never waits for this: gateways refuse by serial number."""
    for authority in Authority.objects.all():
        publish_crl(authority=authority, signer=configured_signer(), now=timezone.now())
