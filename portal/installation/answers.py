"""What only the person who installs knows: from flags, from a file, from an earlier run, or asked for."""

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from portal.installation import files
from portal.installation.refusals import SetupRefused
from portal.phone import HOW_TO_WRITE, is_phone

LOCAL_DATABASE = "postgresql:///nsmaas?host=/var/run/postgresql"
LOCAL_BROKER = "redis+socket:///run/redis/redis-server.sock"
SELF_SIGNED = "self-signed"
ACME = "acme"
LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"
NONE = "none"

_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
# What a file of systemd, nginx, nft or TOML can hold without a meaning of its own.
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\"'\\$`]*")

# Never an option of the program that it is given to.
_MAIL = re.compile(r"[A-Za-z0-9_][^@\s,]*@[^@\s,]+")
_PATH = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")


@dataclass(frozen=True, slots=True)
class Answers:
    name: str
    machines_address: str
    gateways: str
    certificate: str
    administrator: str
    administrator_name: str = ""
    certificate_key: str = ""
    acme_server: str = LETS_ENCRYPT
    acme_email: str = ""
    acme_ca_file: str = ""
    database: str = LOCAL_DATABASE
    broker: str = LOCAL_BROKER
    machines_name: str = ""
    provider_name: str = "Network security monitoring"
    provider_phone: str = ""
    mail_host: str = ""
    mail_port: str = "587"
    mail_tls: str = "yes"
    mail_from: str = ""
    backup_recipients: str = ""
    backup_folder: str = "/var/backups/nsmaas"
    wal_folder: str = ""
    ship_with: str = ""

    def __post_init__(self) -> None:
        """Raises SetupRefused, with the name of the answer and how it is to be written."""
        for field in fields(self):
            if not _PLAIN.fullmatch(getattr(self, field.name)):
                raise SetupRefused(f"{flag(field.name)}: no quotes, backslashes, dollar signs or line ends, please.")
        if not _NAME.fullmatch(self.name):
            raise SetupRefused("--name: the name under which people reach the portal, like portal.example.org")
        if not _is_address(self.machines_address):
            raise SetupRefused("--machines-address: an IPv4 address of this host at base, like 10.20.0.10")
        if self.machines_name and not _NAME.fullmatch(self.machines_name):
            raise SetupRefused("--machines-name: a name with the addresses of all hosts, like machines.example.org")
        if bad := [each for each in self.gateway_networks if not _is_network(each)]:
            raise SetupRefused(f"--gateways: {bad[0]!r} is no IPv4 address or network; write 10.20.0.1,10.20.0.2")
        if "@" not in self.administrator or " " in self.administrator:
            raise SetupRefused("--administrator: the first administrator's e-mail address")
        if self.provider_phone and not is_phone(self.provider_phone):
            raise SetupRefused(f"--provider-phone: {HOW_TO_WRITE}")
        self._check_certificate()
        for name, url, schemes in (
            ("database", self.database, {"postgresql"}),
            ("broker", self.broker, {"redis", "rediss", "redis+socket"}),
        ):
            parts = urlsplit(url)
            if parts.scheme not in schemes or parts.username or parts.password:
                raise SetupRefused(
                    f"--{name}: {' or '.join(sorted(schemes))}, without a user and a password: each process is itself"
                )
        if not self.mail_port.isdecimal() or self.mail_tls not in {"yes", "no"}:
            raise SetupRefused("--mail-port is a number, --mail-tls yes or no")
        self._check_backups()

    def _check_certificate(self) -> None:
        if self.certificate not in {SELF_SIGNED, ACME} and not self.certificate_key:
            raise SetupRefused(f"--certificate: {ACME}, {SELF_SIGNED}, or a file, and then --certificate-key, too")
        server = urlsplit(self.acme_server)
        if server.scheme != "https" or not server.hostname or "@" in server.netloc or " " in self.acme_server:
            raise SetupRefused(f"--acme-server: the address of a directory, with https, like {LETS_ENCRYPT}")
        if self.acme_email and not _MAIL.fullmatch(self.acme_email):
            raise SetupRefused("--acme-email: one address, to which the server's people may write")
        if self.acme_ca_file and not _PATH.fullmatch(self.acme_ca_file):
            raise SetupRefused("--acme-ca-file: a path from / on, of letters, digits and . _ - alone")
        if self.certificate == ACME and self.machines_name:
            raise SetupRefused(
                f"--certificate {ACME}: not with --machines-name, since the server's question may come to another of"
                " your hosts, which has no answer. Give files to all of them."
            )

    def _check_backups(self) -> None:
        for name in ("backup_folder", "wal_folder", "ship_with"):
            if (text := getattr(self, name)) and not _PATH.fullmatch(text):
                raise SetupRefused(f"{flag(name)}: a path from / on, of letters, digits and . _ - alone")
        folder, wal = PurePosixPath(self.backup_folder), PurePosixPath(self.wal_folder or "/nowhere")
        if folder.is_relative_to(wal) or wal.is_relative_to(folder):
            raise SetupRefused("--wal-folder: another folder than --backup-folder, which is root's alone")
        if self.wal_folder and not self.database_is_local:
            raise SetupRefused(
                "--wal-folder: PostgreSQL on another host archives its WAL there; leave it out here. Its administrator"
                " sets archive_mode, or has a standby."
            )

    @property
    def gateway_networks(self) -> list[str]:
        return [] if self.gateways == NONE else [word.strip() for word in self.gateways.split(",") if word.strip()]

    @property
    def machines_door_url(self) -> str:
        return f"https://{self.machines_names[0]}:8443"

    @property
    def machines_names(self) -> list[str]:
        """Under which machines may call: the first is the one that they are told when they enrol."""
        return [name for name in (self.machines_name, self.machines_address) if name]

    @property
    def shown_name(self) -> str:
        """Of the first administrator: the address tells one, if nobody said it."""
        return self.administrator_name or self.administrator.partition("@")[0].replace(".", " ").title()

    @property
    def database_is_local(self) -> bool:
        return self.database == LOCAL_DATABASE

    @property
    def broker_is_local(self) -> bool:
        return self.broker == LOCAL_BROKER


# Said of the flags that are never asked for.
HINTS = {
    "provider_phone": "whom people call when a box is gone, day and night: on every page and in every mail",
    "acme_server": f"the directory of another ACME server than {LETS_ENCRYPT}",
    "acme_email": "to which the ACME server's people may write; the administrator's if nothing is said",
    "acme_ca_file": "certificates by which the ACME server itself is known, if your own authority made its certificate",
    "backup_recipients": "who can open backups: public keys of age with commas, or a file of them, one a line",
    "backup_folder": "where each night's backup goes",
    "wal_folder": "where PostgreSQL's WAL goes minute by minute: a disk of another host that is mounted here",
    "ship_with": "a program that takes each new file of both to another host: it is called with its path",
}
# Asked for, in this order, with what is said about each. Everything else has a value that is right for most.
QUESTIONS = {
    "name": "Name under which people reach the portal, like portal.example.org",
    "machines_address": "Address of this host at base, at which sensors and gateways call",
    "gateways": f"Addresses of the gateways at base, with commas ({NONE}: not yet)",
    "certificate": (
        f"Certificate for the name: {ACME} (you accept the terms of Let's Encrypt, or of --acme-server),"
        f" a file with its chain, or {SELF_SIGNED} for a trial"
    ),
    "administrator": "E-mail address of the first administrator",
}


def flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def read_file(path: Path) -> dict[str, str]:
    """Raises SetupRefused for what is no answer."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupRefused(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupRefused(f'{path}: {error}. Write one answer a line: name = "portal.example.org"') from None
    known = {field.name for field in fields(Answers)}
    for name, value in found.items():
        if name not in known or not isinstance(value, str):
            raise SetupRefused(f"{path}: {name} is no answer; there are {', '.join(sorted(known))}, each in quotes")
    return found


def keep(answers: Answers, path: Path) -> None:
    lines = [f'{name} = "{value}"' for name, value in asdict(answers).items()]
    head = "# The answers of the last nsm-portal setup, which asks for none of these again.\n"
    files.make_folder(path.parent, 0o755)
    files.write(path, head + "\n".join(lines) + "\n", 0o644)


def put_together(*sources: Mapping[str, str]) -> dict[str, str]:
    """The first that has an answer counts."""
    together: dict[str, str] = {}
    for source in reversed(sources):
        together |= {name: value for name, value in source.items() if value}
    return together


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _is_network(text: str) -> bool:
    try:
        ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return False
    return True
