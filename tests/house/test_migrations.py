"""A model that no migration knows is found by `script/lint`, which needs no database and leaves nothing behind."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT, ROOMS

pytestmark = pytest.mark.live


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for room in ROOMS:
        shutil.copytree(CHECKOUT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "static"))
    for path in ("packaging", "script", "sensor-kit", "manage.py"):
        (shutil.copytree if (CHECKOUT / path).is_dir() else shutil.copy)(CHECKOUT / path, tmp_path / path)
    (tmp_path / ".venv").symlink_to(CHECKOUT / ".venv")
    return tmp_path


def check_migrations(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | settings
    command = [str(folder / "script/lint"), "migrations"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def everything_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_the_models_as_they_stand_have_their_migrations(copy: Path):
    before = everything_in(copy)
    # A shell that has a service's settings, and no such server.
    done = check_migrations(copy, DATABASE_URL="postgresql:///nowhere?host=/nowhere", NSMAAS_PROCESS="machines")
    assert (done.returncode, done.stderr) == (0, "")
    assert everything_in(copy) == before


def test_a_field_without_a_migration_is_found(copy: Path):
    file = copy / "tenants/models/site.py"
    anchor = "    customer = "
    assert file.read_text().count(anchor) == 1
    file.write_text(file.read_text().replace(anchor, f"    planted = models.BooleanField(default=False)\n{anchor}"))
    before = everything_in(copy)
    done = check_migrations(copy)
    assert done.returncode == 1
    assert "lint: migrations failed" in done.stderr
    assert "Add field planted to site" in done.stderr
    assert everything_in(copy) == before


def test_a_check_that_is_not_there_is_no_success(copy: Path):
    command = [str(copy / "script/lint"), "migration"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
