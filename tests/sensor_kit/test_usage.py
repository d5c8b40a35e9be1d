import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.sensor_kit.kit import KIT, NSM_SENSOR, kit_environment

COMMANDS = ("enrol", "format-disk", "unlock", "status", "renew")
SCRIPTS = [NSM_SENSOR, *sorted((KIT / "lib").glob("*.sh"))]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NSM_SENSOR, *arguments], capture_output=True, text=True, env=kit_environment(), timeout=10, check=False
    )


def test_shellcheck_has_nothing_to_say() -> None:
    done = subprocess.run(
        ["shellcheck", "-x", "-P", str(KIT.parent), *map(str, SCRIPTS)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_shell_that_knows_posix_alone_reads_it(script: Path) -> None:
    subprocess.run(["dash", "-n", script], check=True)
    assert len(script.read_text().splitlines()) < 200


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_that_needs_no_sensor(command: str) -> None:
    done = run("--directory", "/nonexistent", command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: nsm-sensor {command}")
    assert command in run("--help").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["--fly"],
        ["--directory"],
        ["unlock", "--fly"],
        ["unlock", "--wait"],
        ["unlock", "--wait", "long"],
        ["unlock", "--wait", "-1"],
        ["status", "--fly"],
        ["renew", "--fly"],
        ["renew", "--timeout"],
        ["renew", "--timeout", "long"],
        ["renew", "--due", "--prove"],
        ["renew", "--finish", "--due"],
        ["enrol"],
        ["enrol", "--portal", "https://portal.example"],
        ["enrol", "--code", "SECRET"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr


def test_the_exit_codes_are_in_the_readme_as_in_the_code() -> None:
    code = {int(n) for n in re.findall(r"^[A-Z_]+=(\d+)$", (KIT / "lib/messages.sh").read_text(), re.MULTILINE)}
    table = re.findall(r"^\| (\d+) \|", (KIT / "README.md").read_text(), re.MULTILINE)
    assert {int(n) for n in table} == code | {0}
    assert len(table) == len(set(table))


@pytest.mark.parametrize("how", ["installed", "linked"])
def test_it_finds_its_library_where_it_is_installed(tmp_path: Path, how: str) -> None:
    if how == "installed":
        shutil.copytree(KIT, tmp_path / "kit")
    else:
        (tmp_path / "kit").symlink_to(KIT)
    link = tmp_path / "nsm-sensor"
    link.symlink_to(tmp_path / "kit" / "nsm-sensor")
    done = subprocess.run([link, "status", "--help"], capture_output=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("readlink", "sh"):
        (programs / name).symlink_to(shutil.which(name) or "")
    library = tmp_path / "kit"
    shutil.copytree(KIT, library)
    # Its own additions to PATH are taken away, as the programs are installed there.
    script = library / "nsm-sensor"
    script.write_text(script.read_text().replace(":/usr/local/sbin:/usr/sbin:/sbin", ""))
    done = subprocess.run(
        ["/bin/sh", script, "--directory", tmp_path, "unlock"],
        capture_output=True,
        text=True,
        env={"PATH": str(programs)},
        check=False,
    )
    assert done.returncode == 4
    assert "curl is not installed" in done.stderr


def test_everything_in_the_kit_is_readable_and_one_file_is_run() -> None:
    runnable = [path for path in KIT.rglob("*") if path.is_file() and os.access(path, os.X_OK)]
    if os.geteuid() == 0:
        runnable = [path for path in runnable if path.stat().st_mode & 0o111]
    assert runnable == [NSM_SENSOR]
