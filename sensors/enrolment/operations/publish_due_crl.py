from django.utils import timezone

from pki.authority.operations.publish_crl import publish_crl
from pki.authority.signers import configured_signer
from pki.models import Authority


def publish_due_crl() -> None:
    """Sign what changed or grows old. A cut-off never waits for this: gateways refuse by serial number."""
    publish_crl(authority=Authority.objects.current(), signer=configured_signer(), now=timezone.now())
