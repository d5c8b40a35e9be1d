"""The monitor's own process: what it answers, and with what it does not start."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from prometheus_client.parser import text_string_to_metric_families

from lab.portal import free_port
from lab.processes import MINIMAL_ENVIRONMENT
from pki.escrow.envelope import generate_key_encryption_key
from tests.support.checkout import CHECKOUT

pytestmark = [pytest.mark.live, pytest.mark.django_db]


def database_url(user: str = "") -> str:
    there = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{there['NAME']}"
    return f"postgresql://{user}@/{there['NAME']}?host={quote(str(there['HOST']))}"


@contextmanager
def monitor(folder: Path, port: int, url: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """It ends by itself when it does not start."""
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi_monitor:application", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "--worker-class", "gthread", "--threads", "4", "--no-control-socket"],
        cwd=CHECKOUT,
        env=MINIMAL_ENVIRONMENT
        | {"NSMAAS_PROCESS": "monitor", "NSMAAS_STATE_DIR": str(folder), "DATABASE_URL": url, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def read(process: subprocess.Popen[str], port: int) -> str:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
                return str(answer.read().decode())
        except OSError:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_it_answers_with_what_it_reads_by_its_own_role(tmp_path: Path):
    port = free_port(19471)
    with monitor(tmp_path, port, database_url()) as process:
        names = {family.name for family in text_string_to_metric_families(read(process, port))}
    assert {"nsmaas_sensors", "nsmaas_mails_waiting", "nsmaas_disk_key_decisions"} <= names


REFUSED = {
    "a secret key": ({"NSMAAS_SECRET_KEY": "x" * 50}, "must not hold the secret key"),
    "a key-encryption key": (
        {"NSMAAS_KEY_ENCRYPTION_KEY": generate_key_encryption_key().to_text()},
        "must not hold the key-encryption key",
    ),
    "the authority's key": ({"NSMAAS_CA_KEY_FILE": "/nowhere/ca.key"}, "must not hold the CA's private key"),
}


@pytest.mark.parametrize(("held", "words"), REFUSED.values(), ids=REFUSED)
def test_with_a_secret_it_does_not_start(tmp_path: Path, held: dict[str, str], words: str):
    with monitor(tmp_path, free_port(19471), database_url(), **held) as process:
        _, said = process.communicate(timeout=40)
    assert process.returncode != 0
    assert words in said
    assert not any(value in said for value in held.values() if len(value) > 20)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has roles")
@pytest.mark.parametrize("user", ["nsmaas", "nsmaas_people"])
def test_as_somebody_else_in_the_database_it_does_not_start(tmp_path: Path, user: str):
    with monitor(tmp_path, free_port(19471), database_url(user)) as process:
        _, said = process.communicate(timeout=40)
    assert process.returncode != 0
    assert f"logged in to PostgreSQL as '{user}': it must be 'nsmaas_monitor'" in said


@pytest.mark.parametrize("door", ["people", "machines", "monitor"])
def test_what_serves_a_door_is_told_to_be_its_process(tmp_path: Path, door: str):
    """The settings are read before its module: it would serve the people's door, as the owner of all tables."""
    environment = MINIMAL_ENVIRONMENT | {"NSMAAS_STATE_DIR": str(tmp_path), "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", f"import portal.wsgi_{door}"]
    ended = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode != 0
    assert f"NSMAAS_PROCESS is 'manage': set it to '{door}'" in ended.stderr
