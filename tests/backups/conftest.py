"""A portal with settings, keys and a database of its own, whose commands are run as on its host."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.upgrade.test_from_the_frozen_state import CHECKOUT, new_database

SIGN_IN = (
    "from datetime import UTC, datetime; from django.contrib.sessions.models import Session as s;"
    "s.objects.create(session_key='x', session_data='', expire_date=datetime(2999, 1, 1, tzinfo=UTC))"
)
MAKE_A_KEY = "from pki.escrow.vault import get_or_create_disk_key as g; print(g(subject='s-abcdefghijkl').hex())"


@dataclass(frozen=True)
class Host:
    """`folder` holds its settings; what a provider keeps elsewhere, age's keys, lies in `safe`."""

    folder: Path
    safe: Path
    url: str

    @property
    def settings(self) -> Path:
        return self.folder / "etc"

    @property
    def key_file(self) -> Path:
        return self.settings / "secrets" / "key-encryption-key"

    def manage(self, *arguments: object, fails: bool = False) -> str:
        """What it printed."""
        secrets = self.settings / "secrets"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NSMAAS_")},
            "DATABASE_URL": self.url,
            "NSMAAS_STATE_DIR": str(self.folder / "state"),
            "NSMAAS_CA_KEY_FILE": str(secrets / "ca.key"),
            "NSMAAS_CA_PASSPHRASE": "a passphrase of the tests",
        }
        if self.key_file.exists():
            environment["NSMAAS_KEY_ENCRYPTION_KEY_FILE"] = str(self.key_file)
        command = [sys.executable, "manage.py", *map(str, arguments)]
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert (done.returncode != 0) is fails, said
        return said

    def shell(self, code: str) -> str:
        return self.manage("shell", "--verbosity", "0", "-c", code).strip()


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("safe")
    made = subprocess.run(["age-keygen", "-o", folder / "identity"], capture_output=True, text=True, check=True)
    (folder / "recipients").write_text(made.stderr.rpartition(" ")[2])
    return folder


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, safe: Path, live: None) -> Iterator[Host]:
    """One for all: each leaves it as it was."""
    folder = tmp_path_factory.mktemp("host")
    with new_database(folder) as url:
        made = Host(folder, safe, url)
        (made.settings / "secrets").mkdir(parents=True)
        (made.settings / "portal.env").write_text("NSMAAS_PROVIDER_NAME=Example\n")
        made.manage("migrate", "--verbosity", "0")
        made.manage("create_key_encryption_key", made.key_file)
        made.manage("create_authority", "main", "--common-name", "Example CA")
        yield made


@pytest.fixture(scope="module")
def disk_key(host: Host) -> str:
    """One that is in escrow there."""
    host.shell(SIGN_IN)
    return host.shell(MAKE_A_KEY)


@pytest.fixture(scope="module")
def backup(host: Host, disk_key: str) -> Path:
    return back_up(host)


@pytest.fixture
def bare_host(tmp_path: Path, safe: Path, host: Host) -> Iterator[Host]:
    with new_database(tmp_path) as url:
        yield Host(tmp_path / "bare", safe, url)


def back_up(host: Host, *options: object) -> Path:
    folder = host.folder / "backups"
    folder.mkdir(exist_ok=True)
    host.manage("backup", folder, *recipients(host), *options)
    return max(folder.glob("*.nsm-backup"))


def recipients(host: Host) -> tuple[object, ...]:
    return ("--recipients", host.safe / "recipients", "--configuration", host.settings)
