"""Which of the locked packages a release gets: decided by the release's own Python, not by the one that builds."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT

LOCK = """\
always==1.0 \\
    --hash=sha256:{a}
    # via nsmaas-portal (pyproject.toml)
early==2.0 ; python_full_version < '3.11.3' \\
    --hash=sha256:{b}
    # via always
below==3.0 ; sys_platform != 'win32' \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via
    #   early
    #   somebody
elsewhere==4.0 ; sys_platform == 'win32' \\
    --hash=sha256:{a}
    # via always
other==5.0 \\
    --hash=sha256:{a}
    # via nsmaas-portal (pyproject.toml)
""".format(a="a" * 64, b="b" * 64)


def locked(*arguments: str, lock: str = LOCK) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHECKOUT / "packaging/locked_packages.py"), *arguments]
    return subprocess.run(command, input=lock, capture_output=True, text=True, timeout=60, check=False)


def names(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [line.partition("==")[0] for line in done.stdout.splitlines()]


@pytest.mark.live
@pytest.mark.parametrize(
    ("release", "wanted"),
    [("bookworm", ["always", "below", "early", "other"]), ("trixie", ["always", "below", "other"])],
)
def test_a_marker_is_about_the_release(release: str, wanted: list[str]):
    assert names(locked(release)) == wanted


@pytest.mark.live
def test_for_a_folder_only_what_it_imports_and_what_that_asks_for(tmp_path: Path):
    (tmp_path / "a.py").write_text("import os\nfrom always.part import name\n")
    assert names(locked("bookworm", "--for", str(tmp_path))) == ["always", "below", "early"]
    (tmp_path / "a.py").write_text("import unheard_of\n")
    done = locked("bookworm", "--for", str(tmp_path))
    assert done.returncode != 0
    assert "does not pin unheard_of" in done.stderr


@pytest.mark.live
def test_each_hash_is_kept_and_a_package_without_one_is_refused():
    [below] = [line for line in locked("trixie").stdout.splitlines() if line.startswith("below")]
    assert below == f"below==3.0 --hash=sha256:{'a' * 64} --hash=sha256:{'b' * 64}"
    assert "has no hash" in locked("trixie", lock="bare==1.0 \\\n    # via x\n").stderr
