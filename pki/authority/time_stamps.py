"""Time stamps (RFC 3161, with ESSCertIDv2 of RFC 5816): a time, signed over what somebody has just drawn at random.

The shapes of the messages are written down here; the library encodes them, and decodes what comes from strangers.
"""

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ObjectIdentifier

from pki.authority.der import children

# What openssl makes is 69 to 75 octets long.
LONGEST_QUERY = 160
_DIGEST_BYTES = 32
# A nonce of 64 bits, as openssl draws it; one more octet keeps it positive.
_LONGEST_NONCE = 64

_SHA256 = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_ECDSA_WITH_SHA256 = ObjectIdentifier("1.2.840.10045.4.3.2")
_SIGNED_DATA = ObjectIdentifier("1.2.840.113549.1.7.2")
_TIME_STAMP = ObjectIdentifier("1.2.840.113549.1.9.16.1.4")
_CONTENT_TYPE = ObjectIdentifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = ObjectIdentifier("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE = ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
# The field must name a policy. This one is made from a UUID (ITU-T X.667), so it needs nobody's leave, and means: the
# time of the portal's own clock.
_POLICY = ObjectIdentifier("2.25.222453977690717496203321490748006640994")


class QueryRefused(ValueError):
    """This is no question for a time that is answered here; the text says why."""


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Imprint:
    algorithm: _Algorithm
    digest: bytes


@asn1.sequence
class _Query:
    """TimeStampReq of section 2.4.1, without extensions."""

    version: int
    imprint: _Imprint
    policy: ObjectIdentifier | None
    nonce: int | None
    wants_certificate: Annotated[bool, asn1.Default(False)]


@asn1.sequence
class _Stamp:
    """TSTInfo of section 2.4.2."""

    version: int
    policy: ObjectIdentifier
    imprint: _Imprint
    serial: int
    at: asn1.GeneralizedTime
    nonce: int | None


@asn1.sequence
class _Content:
    kind: ObjectIdentifier
    content: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class _Attribute:
    kind: ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class _CertificateDigest:
    """ESSCertIDv2: SHA-256 is what is meant where no algorithm is named."""

    digest: bytes


@asn1.sequence
class _SigningCertificate:
    certificates: list[_CertificateDigest]


@asn1.sequence
class _IssuerAndSerial:
    issuer: asn1.TLV
    serial: int


@asn1.sequence
class _SignerInfo:
    version: int
    signer: _IssuerAndSerial
    digest_algorithm: _Algorithm
    attributes: Annotated[asn1.SetOf[_Attribute], asn1.Implicit(0)]
    signature_algorithm: _Algorithm
    signature: bytes


@asn1.sequence
class _SignedData:
    """RFC 5652 section 5.1."""

    version: int
    digest_algorithms: asn1.SetOf[_Algorithm]
    content: _Content
    certificates: Annotated[asn1.SetOf[x509.Certificate], asn1.Implicit(0)]
    signers: asn1.SetOf[_SignerInfo]


@asn1.sequence
class _Token:
    kind: ObjectIdentifier
    content: Annotated[_SignedData, asn1.Explicit(0)]


@asn1.sequence
class _Status:
    status: int


@asn1.sequence
class _Reply:
    """TimeStampResp of section 2.4.2."""

    status: _Status
    token: _Token


@asn1.sequence
class _SignedAttributes:
    """Encodes them as they stand in the signer's info."""

    attributes: asn1.SetOf[_Attribute]


_DIGEST_ALGORITHM = _Algorithm(algorithm=_SHA256, parameters=None)


@dataclass(frozen=True, repr=False)
class TimeSigner:
    """A P-256 key that signs times and nothing else, and its certificate, which says so."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def __repr__(self) -> str:
        return "<TimeSigner>"


def check_query(der: bytes) -> None:
    """Raises QueryRefused unless it is what `openssl ts -query -sha256 -cert` makes, with a nonce."""
    _read(der)


def stamp(*, query: bytes, signer: TimeSigner, now: dt.datetime) -> bytes:
    """The whole reply (TimeStampResp) with the time `now`, in whole seconds. Raises QueryRefused."""
    asked = _read(query)
    info = asn1.encode_der(
        _Stamp(
            version=1,
            policy=_POLICY,
            imprint=asked.imprint,
            serial=x509.random_serial_number(),
            at=asn1.GeneralizedTime(now.astimezone(dt.UTC).replace(microsecond=0)),
            nonce=asked.nonce,
        )
    )
    attributes = asn1.SetOf(
        [
            _attribute(_CONTENT_TYPE, _TIME_STAMP),
            _attribute(_MESSAGE_DIGEST, sha256(info).digest()),
            _attribute(_SIGNING_CERTIFICATE, _names(signer.certificate)),
        ]
    )
    signed = _SignedData(
        version=3,
        digest_algorithms=asn1.SetOf([_DIGEST_ALGORITHM]),
        content=_Content(kind=_TIME_STAMP, content=info),
        certificates=asn1.SetOf([signer.certificate]),
        signers=asn1.SetOf(
            [
                _SignerInfo(
                    version=1,
                    signer=_IssuerAndSerial(
                        issuer=_tlv(signer.certificate.issuer.public_bytes()),
                        serial=signer.certificate.serial_number,
                    ),
                    digest_algorithm=_DIGEST_ALGORITHM,
                    attributes=attributes,
                    signature_algorithm=_Algorithm(algorithm=_ECDSA_WITH_SHA256, parameters=None),
                    signature=_signature(signer.key, attributes),
                )
            ]
        ),
    )
    return asn1.encode_der(_Reply(status=_Status(status=0), token=_Token(kind=_SIGNED_DATA, content=signed)))


def _read(der: bytes) -> _Query:
    if len(der) > LONGEST_QUERY:
        raise QueryRefused("It is longer than any question for a time.")
    try:
        query = asn1.decode_der(_Query, der)
    except ValueError:
        raise QueryRefused("This is no TimeStampReq of RFC 3161 without extensions.") from None
    if query.version != 1 or query.policy not in (None, _POLICY):
        raise QueryRefused("Its version is not 1, or it names a policy.")
    if query.imprint.algorithm.algorithm != _SHA256 or len(query.imprint.digest) != _DIGEST_BYTES:
        raise QueryRefused("It has to be over a SHA-256 digest.")
    # Without a nonce an answer could be an old one.
    if query.nonce is None or query.nonce < 0 or query.nonce.bit_length() > _LONGEST_NONCE:
        raise QueryRefused("It needs a nonce of 64 bits.")
    # The one who asks has our authority's certificate, and of us nothing else.
    if not query.wants_certificate:
        raise QueryRefused("It has to ask for the signer's certificate.")
    return query


def _attribute(kind: ObjectIdentifier, value: ObjectIdentifier | bytes | _SigningCertificate) -> _Attribute:
    return _Attribute(kind=kind, values=asn1.SetOf([_tlv(asn1.encode_der(value))]))


def _tlv(der: bytes) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, der)


def _names(certificate: x509.Certificate) -> _SigningCertificate:
    digest = sha256(certificate.public_bytes(Encoding.DER)).digest()
    return _SigningCertificate(certificates=[_CertificateDigest(digest=digest)])


def _signature(key: ec.EllipticCurvePrivateKey, attributes: asn1.SetOf[_Attribute]) -> bytes:
    """RFC 5652 section 5.4: over the attributes as a SET OF of its own, not under the tag that they are sent with."""
    (inner,) = children(asn1.encode_der(_SignedAttributes(attributes=attributes)))
    return key.sign(inner, ec.ECDSA(hashes.SHA256()))
