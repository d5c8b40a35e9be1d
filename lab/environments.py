"""The environment of each process of the portal, with only the secrets that this process may hold."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

# docs/architecture.md has the table; the portal refuses to start a process that holds more.
HOLDS_CA_KEY = {"signer"}
HOLDS_KEY_ENCRYPTION_KEY = {"signer", "machines"}
HOLDS_SECRET_KEY = {"people", "manage"}
# One of those that are nobody's, for films and plays.
DEMO_PHONE = "+44 20 7946 0100"


@dataclass(frozen=True)
class Secrets:
    """Where the secrets lie, each in a file of its own."""

    directory: Path

    @property
    def key_encryption_key(self) -> Path:
        """The escrow's key, made by a command of the portal."""
        return self.directory / "key-encryption-key"

    @property
    def ca_key(self) -> Path:
        """The authority's encrypted private key, made by a command of the portal."""
        return self.directory / "ca.key"

    @property
    def ca_passphrase(self) -> Path:
        """What the authority's key is encrypted under."""
        return self.directory / "ca-passphrase"

    @property
    def django_key(self) -> Path:
        """What sessions are signed with, and second factors sealed."""
        return self.directory / "django-secret-key"

    def make_random_ones(self) -> None:
        """Write the secrets that are nothing but random, unless they are there already."""
        for path in (self.ca_passphrase, self.django_key):
            if not path.exists():
                path.touch(mode=0o600)
                path.write_text(secrets.token_urlsafe(48))


@dataclass(frozen=True)
class PortalSettings:
    """What all processes of one portal agree on."""

    state: Path
    secrets: Secrets
    database_url: str
    broker_url: str
    base_url: str
    machines_door_url: str
    allowed_hosts: tuple[str, ...]
    debug: bool = False
    # For benchmarks and floods, in which few machines stand for many.
    machine_rate_factor: int = 1
    # For trials of renewals, which nobody waits two months for.
    renewable_after_percent: int = 66

    def environment_of(self, process: str) -> dict[str, str]:
        """Return the environment of `people`, `machines`, `signer`, `worker`, `beat` or `manage`."""
        environment = {
            "NSMAAS_PROCESS": process,
            "NSMAAS_STATE_DIR": str(self.state),
            "NSMAAS_BASE_URL": self.base_url,
            "NSMAAS_MACHINES_DOOR_URL": self.machines_door_url,
            "NSMAAS_PROVIDER_PHONE": DEMO_PHONE,
            "NSMAAS_ALLOWED_HOSTS": ",".join(self.allowed_hosts),
            "NSMAAS_RENEWABLE_AFTER_PERCENT": str(self.renewable_after_percent),
            "NSMAAS_MACHINE_RATE_FACTOR": str(self.machine_rate_factor),
            "NSMAAS_DEBUG": "1" if self.debug else "",
            "NSMAAS_SECOND_FACTOR": "offered",  # the printed logins let in as they are
            "DATABASE_URL": _without_user(self.database_url),
            "CELERY_BROKER_URL": self.broker_url,
            "PYTHONUNBUFFERED": "1",
        }
        if process in HOLDS_SECRET_KEY:
            environment["NSMAAS_SECRET_KEY_FILE"] = str(self.secrets.django_key)
        if process in HOLDS_KEY_ENCRYPTION_KEY:
            environment["NSMAAS_KEY_ENCRYPTION_KEY_FILE"] = str(self.secrets.key_encryption_key)
        if process in HOLDS_CA_KEY:
            environment |= self.ca_key
        return environment

    @property
    def ca_key(self) -> dict[str, str]:
        """What the signer is told, and a command that makes the authority or signs by hand."""
        return {
            "NSMAAS_CA_KEY_FILE": str(self.secrets.ca_key),
            "NSMAAS_CA_PASSPHRASE_FILE": str(self.secrets.ca_passphrase),
        }


def _without_user(url: str) -> str:
    """Each process of the portal logs in as itself."""
    parts = urlsplit(url)
    return parts._replace(netloc="@" + parts.netloc.rpartition("@")[2]).geturl() if parts.scheme != "sqlite" else url
