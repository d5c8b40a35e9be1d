"""django-ca from PyPI, in an environment of its own that is made for this run, on the same PostgreSQL."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg

from bench.rows import Row, median_row

WORK = Path(__file__).with_name("django_ca_work.py")
PACKAGES = ("django-ca", "psycopg[binary]")


def issue(*, quick: bool) -> Iterator[Row]:
    """A CSR to a certificate in its database; it keeps no audit trail."""
    taken, version = _work("issue", [3 if quick else 100])
    yield median_row("peer.django-ca.issue_certificate.ms", taken, version=version)


def crl(*, quick: bool) -> Iterator[Row]:
    """Its list of all that is revoked, signed and stored. The longest is made once only."""
    sizes = (100, 200) if quick else (1_000, 10_000, 100_000)
    taken, version = _work("crl", [*sizes, 2 if quick else 5])
    for size in sizes:
        yield median_row(f"peer.django-ca.crl.ms_{size}", taken[str(size)], version=version)


def _work(what: str, numbers: list[int]) -> tuple[Any, str]:
    with tempfile.TemporaryDirectory(prefix="nsm-bench-") as folder:
        python, version = _environment(Path(folder, "environment"))
        database = json.dumps(_database(f"bench_django_ca_{what}"))
        done = subprocess.run(
            # -P: our own module beside it has the name of the package that it is to import.
            [str(python), "-P", str(WORK), what, folder, database, *map(str, numbers)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise RuntimeError(f"django-ca failed:\n{done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout), version


def _environment(path: Path) -> tuple[Path, str]:
    subprocess.run([sys.executable, "-m", "venv", str(path)], check=True)
    python = str(path / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    installed = subprocess.run(pip, capture_output=True, text=True, check=False)
    if installed.returncode != 0:
        raise RuntimeError(f"django-ca cannot be installed:\n{installed.stderr.strip()[-2000:]}")
    ask = [python, "-c", "from importlib.metadata import version; print(version('django-ca'))"]
    version = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    return path / "bin" / "python", version


def _database(name: str) -> dict[str, str]:
    """An empty database beside ours, as Django's settings name it."""
    url = urlsplit(os.environ["NSMAAS_BENCH_POSTGRES"])
    with psycopg.connect(url.geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    host = parse_qs(url.query)["host"][0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": url.username or "",
        "HOST": host,
    }
