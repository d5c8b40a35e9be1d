import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backed_up_host import MAKE_A_KEY, Host, back_up
from tests.support.databases import new_database

SIGN_IN = (
    "from datetime import UTC, datetime; from django.contrib.sessions.models import Session as s;"
    "s.objects.create(session_key='x', session_data='', expire_date=datetime(2999, 1, 1, tzinfo=UTC))"
)


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
