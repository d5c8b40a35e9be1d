"""A real OpenVPN server and one client, in a network namespace that ends with the test."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pki.authority.x509 import Profile, build_certificate, check_csr
from pki.escrow.tls_crypt_v2 import make_client_key, server_key_to_pem
from tests.support.pki.making import Issuer, csr_for

GATEWAY = "g-abcdefghijkl"
SENSOR = "s-abcdefghijkl"

SERVER_CONF = """\
dev tun0
proto udp
local 127.0.0.1
topology subnet
server 10.88.0.0 255.255.0.0
dh none
ca ca.crt
cert server.crt
key server.key
tls-crypt-v2 server-v2.key
tls-crypt-v2-verify ./verify
script-security 2
tls-version-min 1.3
remote-cert-tls client
verify-client-cert require
crl-verify crl.pem
verb 3
log server.log
"""

CLIENT_CONF = f"""\
client
dev null
ifconfig-noexec
route-noexec
remote 127.0.0.1 1194 udp
nobind
ca ca.crt
cert client.crt
key client.key
tls-crypt-v2 client-v2.key
remote-cert-tls server
verify-x509-name {GATEWAY} name
connect-retry 1 1
hand-window 8
verb 3
log client.log
"""


def write_files(
    folder: Path, *, issuer: Issuer, now: datetime, crl: bytes, server_key: bytes, wrapping_key: bytes
) -> x509.Certificate:
    """Everything that the two read; returns the client's certificate. `wrapping_key` wraps the client's key."""
    (folder / "server.conf").write_text(SERVER_CONF)
    (folder / "client.conf").write_text(CLIENT_CONF)
    (folder / "ca.crt").write_bytes(issuer.certificate.public_bytes(Encoding.PEM))
    (folder / "crl.pem").write_bytes(crl_pem(crl))
    (folder / "server-v2.key").write_text(server_key_to_pem(server_key))
    (folder / "client-v2.key").write_text(make_client_key(server_key=wrapping_key, subject=SENSOR))
    script = folder / "verify"
    script.write_text('#!/bin/sh\ncat "$metadata_file" >metadata\n')
    script.chmod(0o700)
    write_pair(folder, "server", issuer, Profile.GATEWAY, GATEWAY, now)
    return write_pair(folder, "client", issuer, Profile.SENSOR, SENSOR, now)


def crl_pem(der: bytes) -> bytes:
    """A revocation list as OpenVPN reads it."""
    return x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)


def write_pair(
    folder: Path, name: str, issuer: Issuer, profile: Profile, subject: str, now: datetime
) -> x509.Certificate:
    """`<name>.key` and `<name>.crt`."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = build_certificate(
        profile=profile,
        subject=subject,
        csr=check_csr(csr_for(key)),
        issuer=issuer.certificate,
        signing_key=issuer.key,
        now=now,
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{name}.key").write_bytes(pem)
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    return certificate


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Server and client run inside. The namespaces have no names: they end with their last process."""
    script = "ip link set lo up && { openvpn server.conf & sleep 0.5; openvpn client.conf & wait; }"
    # --kill-child on a process namespace of its own: when unshare dies, all that it started dies with it.
    unshare = ["unshare", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", script]
    process = subprocess.Popen(unshare, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait(timeout=10)


def wait_for(log: Path, text: str, seconds: float = 15) -> str:
    """The log, once it holds the text; an AssertionError with the log if it does not in time."""
    ends = time.monotonic() + seconds
    seen = ""
    while time.monotonic() < ends:
        seen = log.read_text() if log.exists() else ""
        if text in seen:
            return seen
        time.sleep(0.1)
    raise AssertionError(f"{text!r} is not in {log.name}:\n{seen}")
