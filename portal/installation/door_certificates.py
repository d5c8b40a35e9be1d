"""What the doors prove themselves with.

The machines' is from our authority; the people's from files, from an ACME server (`acme`) or, for a trial and until
that server has made one, signed by itself.
"""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from portal.installation import files, places
from portal.installation.answers import ACME, SELF_SIGNED, Answers
from portal.installation.manage import manage
from portal.installation.refusals import SetupRefused

PEOPLE = places.DOOR / "people.crt"
MACHINES = places.DOOR / "door.crt"
PEOPLE_KEY = places.DOOR / "people.key"
_LEFT = timedelta(days=30)
_TRIAL = timedelta(days=365)
_MADE_HERE = {SELF_SIGNED, ACME}


def missing(answers: Answers) -> list[str]:
    found = []
    if reason := _not_good(MACHINES, *answers.machines_names):
        found.append(f"issue the machines' door's certificate: {reason}")
    if answers.certificate in _MADE_HERE:
        if reason := _why_make_one(answers):
            found.append(f"make a certificate of its own for the people's door, for a trial: {reason}")
    elif _differ(answers):
        found.append(f"take {answers.certificate} for the people's door")
    return found


def mend(answers: Answers) -> None:
    if _not_good(MACHINES, *answers.machines_names):
        where = ("--directory", str(places.DOOR), "--replace")
        names = [word for name in answers.machines_names for word in ("--name", name)]
        manage("issue_door_certificate", *names, *where)
    if answers.certificate in _MADE_HERE:
        if _why_make_one(answers):
            chain, key = self_signed(answers.name)
            files.write(PEOPLE_KEY, key, 0o600)
            files.write(PEOPLE, chain, 0o644)
    elif _differ(answers):
        _take(answers)


def life_of(path: Path) -> tuple[datetime, datetime]:
    """From when to when it counts."""
    certificate = _read(path)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


def _not_good(path: Path, *names: str) -> str:
    """Why the certificate will not do; empty if it will. Renewed a month before its end."""
    if not path.exists():
        return "there is none"
    certificate = _read(path)
    if others := [name for name in names if name not in names_of(certificate)]:
        return f"it is not for {' and '.join(others)}"
    return "it ends soon" if certificate.not_valid_after_utc - datetime.now(UTC) < _LEFT else ""


def _why_make_one(answers: Answers) -> str:
    """Once an ACME server has made one, that which the door began with is not looked at any more."""
    is_replaced = answers.certificate == ACME and places.PEOPLE_PAIR.exists() and PEOPLE.exists()
    return "" if is_replaced else _not_good(PEOPLE, answers.name)


def _differ(answers: Answers) -> bool:
    """Files that are gone meanwhile were taken already."""
    pairs = ((Path(answers.certificate), PEOPLE), (Path(answers.certificate_key), PEOPLE_KEY))
    return any(
        not ours.exists() or (given.exists() and files.text_of(given) != files.text_of(ours)) for given, ours in pairs
    )


def _take(answers: Answers) -> None:
    """Raises SetupRefused."""
    try:
        chain = Path(answers.certificate).read_text(encoding="utf-8")
        key = Path(answers.certificate_key).read_text(encoding="utf-8")
    except OSError as error:
        raise SetupRefused(f"{error.filename}: {error.strerror}.") from None
    except UnicodeDecodeError:
        chain = key = ""
    refuse_unless_good(chain, key, name=answers.name)
    files.write(PEOPLE_KEY, key, 0o600)
    files.write(PEOPLE, chain, 0o644)


def refuse_unless_good(chain: str, key_text: str, *, name: str) -> None:
    """Raises SetupRefused for a certificate with which browsers or nginx would turn away."""
    try:
        certificate = x509.load_pem_x509_certificates(chain.encode())[0]
        key = load_pem_private_key(key_text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SetupRefused("--certificate and --certificate-key: PEM files, the key without a passphrase.") from None
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise SetupRefused("--certificate-key is not the key of --certificate.")
    if not _is_for(certificate, name):
        raise SetupRefused(f"--certificate is for {', '.join(names_of(certificate)) or 'nobody'}, not for {name}.")
    if certificate.not_valid_after_utc <= datetime.now(UTC):
        raise SetupRefused(f"--certificate has ended, on {certificate.not_valid_after_utc:%Y-%m-%d}.")


def _is_for(certificate: x509.Certificate, name: str) -> bool:
    return bool({name, f"*.{name.partition('.')[2]}"} & set(names_of(certificate)))


def names_of(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except (ValueError, IndexError):
        raise SetupRefused(f"{path} is no certificate: take it away, then run nsm-portal setup again.") from None


def self_signed(name: str) -> tuple[str, str]:
    """Certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _TRIAL)
        .add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return certificate.public_bytes(Encoding.PEM).decode(), text


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
