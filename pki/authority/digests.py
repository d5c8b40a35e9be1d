"""Which digest goes with which signing key."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def digest_for(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> hashes.SHA256 | hashes.SHA384:
    """The digest as strong as the curve (NIST SP 800-57 part 1, table 3)."""
    return hashes.SHA384() if isinstance(key.curve, ec.SECP384R1) else hashes.SHA256()
