"""A throw-away certificate authority, and tls-crypt-v2 keys, for live tests of gateways and of the sensor kit."""

import datetime as dt
import ipaddress
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


@dataclass(frozen=True)
class Issued:
    """A certificate with its key, both PEM, and its serial."""

    certificate: str
    key: str
    serial: int


@dataclass(frozen=True)
class Authority:
    """Issues what the tests need: certificates of gateways, sensors and doors, valid since a month ago."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return pem_of(self.certificate)

    def certify(self, name: str, public_key: object, *, server: bool = False, days: float = 90) -> str:
        """The PEM certificate of `name` for somebody's key; a server's is for 127.0.0.1."""
        return pem_of(self._sign(name, public_key, SERVER if server else CLIENT, days=days))

    def issue(self, name: str, *, server: bool = False, days: float = 90) -> Issued:
        """With a key that is made for it."""
        return self._issue(name, SERVER if server else CLIENT, days=days)

    def issue_gateway(self, name: str, *, days: float = 90) -> Issued:
        """A gateway serves OpenVPN and asks at the machines' door, so it has both extended usages."""
        return self._issue(name, SERVER, CLIENT, days=days)

    def certify_gateway(self, name: str, public_key: object) -> str:
        return pem_of(self._sign(name, public_key, SERVER, CLIENT, days=90))

    def _issue(self, name: str, *usages: x509.ObjectIdentifier, days: float) -> Issued:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(name, key.public_key(), *usages, days=days)
        return Issued(pem_of(certificate), key_pem(key), certificate.serial_number)

    def _sign(self, name: str, public_key: object, *usages: x509.ObjectIdentifier, days: float) -> x509.Certificate:
        builder = (
            _start_certificate(name, days=days)
            .issuer_name(self.certificate.subject)
            .public_key(public_key)  # type: ignore[arg-type]
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if usages == (SERVER,):
            builder = builder.add_extension(x509.SubjectAlternativeName([HERE]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


@cache
def make_authority(name: str = "Test authority") -> Authority:
    """The same one for the same name, for as long as the tests run."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _start_certificate(name, days=365)
        .issuer_name(_name(name))
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _start_certificate(name: str, *, days: float) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=30))
        .not_valid_after(now + dt.timedelta(days=days, hours=-1))
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def make_tls_crypt_server_key(path: Path) -> None:
    subprocess.run(["openvpn", "--genkey", "tls-crypt-v2-server", str(path)], check=True, capture_output=True)


def make_tls_crypt_client_key(*, server_key: Path, path: Path) -> None:
    subprocess.run(
        ["openvpn", "--tls-crypt-v2", str(server_key), "--genkey", "tls-crypt-v2-client", str(path)],
        check=True,
        capture_output=True,
    )
