from django.utils import timezone

from pki.models import Authority
from pki.operations.publish_crl import publish_crl
from pki.signers import configured_signer


def publish_due_crl() -> None:
    """Sign what changed or grows old. A cut-off never waits for this: gateways refuse by serial number."""
    publish_crl(authority=Authority.objects.current(), signer=configured_signer(), now=timezone.now())
