"""`script/test --fast` stays fast: what starts a program is left out of it, and cannot be forgotten."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT

pytestmark = pytest.mark.live

CONFTEST = """
from tests.conftest import live, pytest_addoption, pytest_collection_modifyitems
from tests.conftest import pytest_runtest_call, pytest_runtest_protocol, pytest_runtest_teardown
"""
COUNTED = re.compile(r" (passed|deselected)\b")
WORDS = ("It starts ", "It takes ", "ERROR ", "FAILED ")
TESTS = """
import subprocess

import pytest


@pytest.fixture
def program(live):
    subprocess.run(["true"])


def test_nothing():
    pass


def test_that_says_nothing_of_it():
    subprocess.run(["true"])


@pytest.mark.live
def test_that_says_so():
    subprocess.run(["true"])


def test_whose_fixture_says_so(program):
    pass


@pytest.mark.long
def test_that_takes_long():
    pass


def test_that_is_longer_than_it_says(monkeypatch):
    monkeypatch.setattr("tests.support.live.LONGEST", 0.0)
"""


def outcome(tmp_path: Path, *arguments: str) -> list[str]:
    """The last words of a run: what failed, and how many did what."""
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_some.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", str(CHECKOUT / "pyproject.toml")]
    folders = ["--rootdir", str(folder), "--basetemp", str(tmp_path / "temp"), str(folder)]
    done = subprocess.run([*command, *folders, *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    told = [
        line
        for line in done.stdout.splitlines()
        if line.startswith(WORDS) or " deselected" in line or " passed" in line
    ]
    return [line.partition(" in ")[0] for line in told]


def test_what_starts_a_program_must_say_so(tmp_path: Path):
    said, failed, counted = outcome(tmp_path)
    assert "test_that_says_nothing_of_it" in failed
    assert "It starts true" in said
    assert counted == "6 passed, 1 error"


def test_the_fast_run_leaves_out_what_says_so(tmp_path: Path):
    assert outcome(tmp_path, "--fast", "-k", "not says_nothing and not longer") == ["1 passed, 5 deselected"]


def test_the_fast_run_takes_nothing_that_is_long_and_does_not_say_so(tmp_path: Path):
    told = "\n".join(outcome(tmp_path, "--fast", "-k", "longer"))
    assert "s of the processor: mark it `long`" in told
    assert "1 failed, 5 deselected" in told
