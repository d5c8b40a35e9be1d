"""A process that has lost its settings does not start: it would begin again with an empty database, and say nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from database.roles.declaration import login_of
from portal import env
from tests.support.checkout import CHECKOUT

NAMED = {"nothing": None, "an empty word": "", "spaces": "  "}
REFUSED = [
    "sqlite://",
    "sqlite:///",
    "sqlite://host/portal.sqlite3",
    "portal.sqlite3",
    "mysql://host/nsmaas",
    "/var/lib/x",
]


@pytest.mark.each_database
@pytest.mark.live
@pytest.mark.parametrize("process", ["people", "machines", "signer", "worker", "manage", "something-else"])
def test_a_process_that_was_told_no_database_is_an_error_and_leaves_nothing_behind(process: str, tmp_path: Path):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"NSMAAS_PROCESS": process, "NSMAAS_STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "DATABASE_URL is not set" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", NAMED.values(), ids=NAMED)
def test_what_is_no_word_is_not_taken_for_one(monkeypatch: pytest.MonkeyPatch, value: str | None):
    monkeypatch.delenv("DATABASE_URL")
    if value is not None:
        monkeypatch.setenv("DATABASE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL=embedded"):
        env.database_url(Path("/state"))


def test_sqlite_in_the_state_directory_is_had_by_asking(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "embedded")
    database = env.database(env.database_url(Path("/state")), login=login_of("manage"))
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert os.path.normpath(database["NAME"]).lstrip("/") == "state/portal.sqlite3"


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_names_no_database_is_refused(url: str):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must be"):
        env.database(url, login="nsmaas")
