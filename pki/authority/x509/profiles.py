"""The fixed kinds of certificates: nothing in a request can change what they allow."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier


class Profile(StrEnum):
    """What a certificate is for."""

    SENSOR = "sensor"
    # A gateway is a TLS server to its sensors and a TLS client of the machines' door.
    GATEWAY = "gateway"
    # The machines' door is a web server: it is reached by address or host name, so it alone carries
    # alternative names, and it never asks anybody anything, so it is no client.
    DOOR = "door"
    # Signs what time it is, for boxes whose clock is wrong, and can do nothing else (RFC 3161 section 2.3).
    TIME = "time"

    @property
    def extended_key_usages(self) -> Sequence[ObjectIdentifier]:
        """Section 4.2.1.12. OpenVPN's remote-cert-tls asks for these beside the key usage."""
        return _EXTENDED_KEY_USAGES[self]

    @property
    def lifetime(self) -> timedelta:
        """How long a certificate of this kind lives, unless its issuer ends earlier."""
        return _LIFETIMES[self]


_EXTENDED_KEY_USAGES: dict[Profile, Sequence[ObjectIdentifier]] = {
    Profile.SENSOR: (ExtendedKeyUsageOID.CLIENT_AUTH,),
    Profile.GATEWAY: (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH),
    Profile.DOOR: (ExtendedKeyUsageOID.SERVER_AUTH,),
    Profile.TIME: (ExtendedKeyUsageOID.TIME_STAMPING,),
}

# A gateway or a door that expires takes the whole fleet with it, and both stand at base: a year. A time that is signed
# counts only if it lies within its signer's life: a thief of the key can tell the hours of one day.
_LIFETIMES = {
    Profile.SENSOR: timedelta(days=90),
    Profile.GATEWAY: timedelta(days=365),
    Profile.DOOR: timedelta(days=365),
    Profile.TIME: timedelta(days=1),
}


def key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """Section 4.2.1.3: an authority signs certificates and CRLs, everything else signs handshakes only."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
