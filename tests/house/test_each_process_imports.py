"""Each process can import what it serves: not every application is installed in every process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT

pytestmark = pytest.mark.live

TASKS = ("notices.tasks", "tenants.tasks", "sensors.tasks", "limits.tasks")
SERVES = {
    "people": ("portal.urls",),
    "machines": ("portal.machines_urls",),
    "worker": TASKS,
    "signer": TASKS,
    "beat": ("portal.celery",),
}


@pytest.mark.parametrize("process", SERVES)
def test_it_imports_what_it_serves(process: str, tmp_path: Path):
    program = "import django, importlib, sys; django.setup(); [importlib.import_module(name) for name in sys.argv[1:]]"
    environment = os.environ | {
        "NSMAAS_PROCESS": process,
        "NSMAAS_STATE_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    ended = subprocess.run(
        [sys.executable, "-c", program, *SERVES[process]],
        cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
