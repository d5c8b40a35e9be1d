"""The whole suite: each test has a run on the database that it is about, and none is left out of both unheard."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT
from tests.support.two_databases import WITHOUT_DATABASE

pytestmark = pytest.mark.live

SQLITE, POSTGRESQL = "sqlite:////nowhere.sqlite3", "postgresql://nobody@/nothing?host=/nowhere"
CONFTEST = """
from tests.conftest import pytest_addoption, pytest_collection_modifyitems, pytest_runtest_makereport
"""
TESTS = """
import pytest


def test_plain():
    pass


@pytest.mark.live
def test_live():
    pass


@pytest.mark.long
def test_long():
    pass


@pytest.mark.each_database
@pytest.mark.live
def test_each():
    pass


@pytest.mark.skip(reason="not today")
def test_skipped():
    pass


@pytest.mark.live
@pytest.mark.skip(reason="not today")
def test_skipped_live():
    pass
"""


def outcomes(folder: Path, url: str, *arguments: str) -> dict[str, str]:
    folder.mkdir(exist_ok=True)
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_some.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider", "-c", str(CHECKOUT / "pyproject.toml")]
    done = subprocess.run(
        [*command, "--rootdir", str(folder), "--basetemp", str(folder / "temp"), str(folder), *arguments],
        env=os.environ | {"DATABASE_URL": url}, cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return dict(re.findall(r"::test_(\w+) (PASSED|FAILED|SKIPPED|ERROR)", done.stdout))


def test_without_the_option_all_run(tmp_path: Path):
    found = outcomes(tmp_path / "t", SQLITE)
    assert set(found) == {"plain", "live", "long", "each", "skipped", "skipped_live"}


def test_with_sqlite_nothing_runs_that_postgresql_has(tmp_path: Path):
    assert outcomes(tmp_path / "t", SQLITE, "--whole") == {"plain": "PASSED", "each": "PASSED", "skipped": "SKIPPED"}


def test_with_postgresql_all_run_and_what_has_no_other_run_is_not_skipped_unheard(tmp_path: Path):
    assert outcomes(tmp_path / "t", POSTGRESQL, "--whole") == {
        "plain": "PASSED", "live": "PASSED", "long": "PASSED", "each": "PASSED", "skipped": "SKIPPED",
        "skipped_live": "ERROR",
    }  # fmt: skip


def test_what_has_no_database_is_there():
    assert [path for path in WITHOUT_DATABASE if not (CHECKOUT / path).exists()] == []
