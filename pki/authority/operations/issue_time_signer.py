from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from pki.authority.operations.issue_certificate import issue_certificate
from pki.authority.signers import Signer
from pki.authority.time_stamps import TimeSigner
from pki.authority.x509 import Profile, own_request
from pki.models import Authority

SUBJECT = "time"


def issue_time_signer(*, authority: Authority, signer: Signer, now: datetime) -> TimeSigner:
    """A new key with its certificate. The key is in the memory of this process alone, and is gone with it.

    The authority's own key signs no time: what it signs counts for whatever a reader takes it for. Raises IssuerExpired
    or SignerUnavailable.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    row = issue_certificate(
        authority=authority, profile=Profile.TIME, subject=SUBJECT, csr=own_request(key), signer=signer, now=now
    )
    return TimeSigner(key, x509.load_der_x509_certificate(bytes(row.der)))
