"""Enrols a sensor, and what the portal answers to it, right and wrong."""

import base64
import json
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.authority import Authority, make_authority
from tests.support.sensor_kit.doors import Answer, Door, Request
from tests.support.sensor_kit.kit import ADDRESS, SUBJECT, Outcome, run_kit

ENROL_PATH = "/api/v1/enrol"
# With the lock, which stays.
INSTALLED = {"ca.crt", "client.conf", "client.crt", "client.key", "lock", "sensor.conf", "tls-crypt-v2.key"}
CODE = "ABCD-EFGH-2345"
OPENVPN_CONFIG = """\
# For one sensor.
client
dev tun0
proto udp
remote 198.51.100.7 1194 udp
nobind
persist-key
persist-tun
remote-cert-tls server
verify-x509-name g-abcdefghijkl name
tls-version-min 1.3
auth-retry nointeract
ca ca.crt
cert client.crt
key client.key
tls-crypt-v2 tls-crypt-v2.key
keepalive 5 20
pull-filter accept "route "
pull-filter ignore ""
verb 3
"""
TLS_CRYPT_KEY = (
    "-----BEGIN OpenVPN tls-crypt-v2 client key-----\n"
    + base64.encodebytes(bytes(range(200)) * 2).decode()
    + "-----END OpenVPN tls-crypt-v2 client key-----\n"
)


def sign(authority: Authority, request: Request, **changes: object) -> Answer:
    """201 with a certificate for the CSR of the request; `changes` replace members, None leaves one out."""
    csr = x509.load_pem_x509_csr(json.loads(request.body)["csr"].encode())
    members: dict[str, object] = {
        "kind": "sensor",
        "subject": SUBJECT,
        "certificate": authority.certify(SUBJECT, csr.public_key()),
        "chain": authority.pem,
        "tls_crypt_v2_client_key": TLS_CRYPT_KEY,
        "openvpn_config": OPENVPN_CONFIG,
        "address": ADDRESS,
        "machines_door_url": "https://10.88.0.1:8443",
    }
    members.update(changes)
    return json_answer(201, {name: value for name, value in members.items() if value is not None})


@dataclass
class SigningPortal:
    """Binds the code to the first CSR, as the portal does, and answers 202 so many times before it has signed."""

    authority: Authority
    waits: int = 0
    bound: bytes = b""

    def __call__(self, request: Request) -> Answer:
        self.bound = self.bound or request.body
        if request.body != self.bound:
            return json_answer(403, {"reason": "code-refused", "detail": "This code cannot be used."})
        self.waits -= 1
        if self.waits >= 0:
            return json_answer(202, {}, ("Retry-After", "1"))
        return sign(self.authority, request)


def json_answer(status: int, members: object, *headers: tuple[str, str]) -> Answer:
    return Answer(
        status=status,
        body=json.dumps(members).encode(),
        headers=(("Content-Type", "application/json"), *headers),
    )


def other_public_key() -> ec.EllipticCurvePublicKey:
    return ec.generate_private_key(ec.SECP256R1()).public_key()


def public_bytes(key: object) -> bytes:
    return key.public_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def arguments_for(directory: Path, portal: Door) -> list[str]:
    ca_file = directory.parent / "public-ca.crt"
    ca_file.write_text(make_authority("public").pem)
    return ["enrol", "--portal", portal.url, "--ca-file", str(ca_file), "--code-file", "-"]


def enrol(directory: Path, portal: Door, *options: str, code: str = CODE, path: Path | None = None) -> Outcome:
    return run_kit(directory, *arguments_for(directory, portal), *options, stdin=code + "\n", path=path)


def assert_enrolled(directory: Path) -> None:
    assert {path.name for path in directory.iterdir()} == INSTALLED
    key = serialization.load_pem_private_key((directory / "client.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificate = x509.load_pem_x509_certificate((directory / "client.crt").read_bytes())
    assert public_bytes(key.public_key()) == public_bytes(certificate.public_key())
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o600}
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
