"""What is in the packages, and that the same commit makes the same bytes."""

import gzip
import hashlib
import io
import os
import platform
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT, ROOMS
from tests.support.installation.built_packages import built_kit, built_packages, package

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("installation")]

HERE = platform.freedesktop_os_release()["VERSION_CODENAME"]
ELSEWHERE = {"gateway", "lab"}
SCRIPTS = ("after-install", "before-remove")
KINDS = (".service", ".socket", ".timer")
RUNNABLE = {
    "nsm-portal": {"usr/sbin/nsm-portal"},
    "nsm-gateway": {"usr/sbin/nsm-gateway"},
    "nsm-sensor": {f"usr/{name}" for name in ("bin/nsm-sensor", *(f"lib/nsm-sensor/{script}" for script in SCRIPTS))},
}


@pytest.fixture(scope="module")
def packages(live: None) -> dict[str, Path]:
    return {deb.name.partition("_")[0]: deb for deb in built_packages(HERE)}


def listed(deb: Path) -> list[list[str]]:
    """Mode, owner, size, day, time and name of each file."""
    text = subprocess.run(["dpkg-deb", "-c", deb], capture_output=True, text=True, check=True).stdout
    return [line.split(maxsplit=5) for line in text.splitlines()]


def names(deb: Path) -> set[str]:
    return {line[5].removeprefix("./") for line in listed(deb)}


def test_the_portals_holds_its_rooms_its_units_and_what_it_imports(packages: dict[str, Path]):
    there = names(packages["nsm-portal"])
    home = "usr/lib/nsm-portal"
    for room in set(ROOMS) - ELSEWHERE:
        tracked = subprocess.run(
            ["git", "ls-files", room], cwd=CHECKOUT, capture_output=True, text=True, check=True
        ).stdout.split()
        assert {f"{home}/{name}" for name in tracked if "/systemd/" not in name} <= there
    units = CHECKOUT / "portal/deploy/systemd"
    assert {f"usr/lib/systemd/system/{path.name}" for path in units.iterdir() if path.suffix in KINDS} <= there
    assert "usr/lib/sysusers.d/nsm-portal.conf" in there
    assert not [name for name in there if re.search(rf"^{home}/(tests|lab|bench|gateway)/", name)]
    assert not [name for name in there if re.search("/(pytest|mypy|playwright|ruff)/", name)]


def test_the_gateways_holds_the_agent_and_no_more_than_it_imports(packages: dict[str, Path]):
    there = names(packages["nsm-gateway"])
    bundled = {re.split("-[0-9]", name.split("/")[7])[0] for name in there if name.endswith(".dist-info/METADATA")}
    assert bundled == {"cffi", "cryptography", "pycparser"}
    assert "usr/lib/nsm-gateway/gateway/agent.py" in there
    assert not [name for name in there if "django" in name]


def test_the_sensors_holds_the_whole_kit_and_asks_for_plain_programs(packages: dict[str, Path]):
    there = names(packages["nsm-sensor"])
    kit = CHECKOUT / "sensor-kit"
    assert {f"usr/lib/nsm-sensor/lib/{path.name}" for path in (kit / "lib").iterdir()} <= there
    units = [path.relative_to(kit) for path in (kit / "systemd").rglob("*") if path.is_file()]
    assert {f"usr/lib/systemd/system/{path.relative_to('systemd')}" for path in units} <= there
    assert {"usr/share/man/man8/nsm-sensor.8.gz", "usr/share/bash-completion/completions/nsm-sensor"} <= there
    assert not [name for name in there if name.startswith("etc/")], "the postinst makes it, for root alone"
    shown = subprocess.run(
        ["dpkg-deb", "-f", packages["nsm-sensor"], "Architecture", "Depends"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Architecture: all" in shown
    wanted = {word.split()[0] for word in shown.split("Depends: ")[1].replace("|", ",").split(",")}
    assert wanted == {
        *(
            "cryptsetup-bin",
            "curl",
            "e2fsprogs",
            "gawk",
            "iproute2",
            "mawk",
            "nftables",
            "openssl",
            "openvpn",
            "systemd",
        ),
    }


@pytest.mark.parametrize("name", RUNNABLE)
def test_files_are_roots_whom_nobody_else_may_change_and_none_is_compiled(packages: dict[str, Path], name: str):
    files = listed(packages[name])
    assert {line[1] for line in files} == {"root/root"}
    modes = {"drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x", "lrwxrwxrwx"}
    assert {line[0] for line in files} <= modes
    assert {line[5] for line in files if line[0] == "-rwxr-xr-x"} == {f"./{path}" for path in RUNNABLE[name]}
    assert not [line[5] for line in files if line[5].endswith((".pyc", "/__pycache__/", "/RECORD", "/INSTALLER"))]


@pytest.mark.parametrize("name", RUNNABLE)
def test_the_change_log_is_ours_and_the_version_that_of_the_project(packages: dict[str, Path], name: str):
    files = subprocess.run(["dpkg-deb", "--fsys-tarfile", packages[name]], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(files)) as tar:
        packed = tar.extractfile(f"./usr/share/doc/{name}/changelog.gz")
        assert packed
        text = gzip.decompress(packed.read()).decode()
    project = re.findall(r'^version = "(.*)"$', (CHECKOUT / "pyproject.toml").read_text(), re.M)[0]
    assert text.startswith(f"nsm ({project}+deb")
    [first] = re.findall(r"^- \*\*(.*?)\*\*", (CHECKOUT / "CHANGELOG.md").read_text(), re.M)[:1]
    assert f"  * {first}" in text


def test_two_builds_are_one_package(packages: dict[str, Path], tmp_path: Path):
    """The second by somebody with another umask, home, clock and locale."""
    before = os.umask(0o077)
    try:
        other = {"TZ": "Pacific/Auckland", "HOME": str(tmp_path), "LC_ALL": "C", "TMPDIR": str(tmp_path)}
        package("--release", HERE, "--out", str(tmp_path / "again"), "--quick", environment=other)
    finally:
        os.umask(before)
    others = [path for path in built_kit(HERE).iterdir() if path.suffix != ".deb"]
    assert len(others) == 2
    for deb in (*packages.values(), *others):
        again = tmp_path / "again" / deb.name
        assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(deb.read_bytes()).digest(), deb.name


def test_lintian_finds_no_error_and_each_override_says_why(packages: dict[str, Path]):
    done = subprocess.run(
        ["lintian", "--fail-on", "error", "--no-tag-display-limit", "--allow-root", *packages.values()],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, [line for line in done.stdout.splitlines() if line.startswith("E:")]
    for file in (CHECKOUT / "packaging/debian").glob("*.lintian-overrides"):
        lines = file.read_text().splitlines()
        assert all(lines[number - 1].startswith("# ") for number, line in enumerate(lines) if not line.startswith("#"))
