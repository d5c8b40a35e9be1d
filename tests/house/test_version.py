"""One version: the project, the agent and the kit say the same, though each is copied to a host of its own."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT

PLACES = {
    "pyproject.toml": r'^version = "(.*)"$',
    "gateway/__init__.py": r'^__version__ = "(.*)"$',
    "sensor-kit/nsm-sensor": r"^KIT_VERSION=(.*)$",
}
RELEASE = r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for path in (*PLACES, "CHANGELOG.md", "script/set-version"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(CHECKOUT / path, tmp_path / path)
    return tmp_path


def versions(folder: Path) -> dict[str, list[str]]:
    return {path: re.findall(form, (folder / path).read_text(), re.M) for path, form in PLACES.items()}


def releases(folder: Path) -> list[str]:
    return re.findall(RELEASE, (folder / "CHANGELOG.md").read_text(), re.M)


def set_version(folder: Path, number: str) -> subprocess.CompletedProcess[str]:
    command = [str(folder / "script/set-version"), number]
    return subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)


def test_each_place_says_the_version_of_the_project():
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    assert versions(CHECKOUT) == {path: [version] for path in PLACES}


def test_the_change_log_has_room_for_what_comes_and_no_release_that_is_not_out():
    text = (CHECKOUT / "CHANGELOG.md").read_text()
    assert text.count("\n## [Unreleased]\n") == 1
    assert len(re.findall(r"^## ", text, re.M)) == 1 + len(releases(CHECKOUT))
    assert releases(CHECKOUT)[:1] in ([], versions(CHECKOUT)["pyproject.toml"])


@pytest.mark.live
def test_the_script_sets_every_place_and_gives_the_entry_its_number(copy: Path):
    done = set_version(copy, "7.8.9")
    assert done.returncode == 0, done.stderr
    assert versions(copy) == {path: ["7.8.9"] for path in PLACES}
    assert releases(copy)[0] == "7.8.9"
    assert set_version(copy, "7.8.9").returncode == 1


@pytest.mark.live
@pytest.mark.parametrize("number", ["", "1.2", "01.2.3", "1.2.3-rc1", "1.2.3\n", "1.2.3/e", "v1.2.3"])
def test_the_script_refuses_what_is_no_version_and_changes_nothing(copy: Path, number: str):
    before = versions(copy)
    assert set_version(copy, number).returncode == 2
    assert versions(copy) == before
