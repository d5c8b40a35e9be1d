"""Manual page, exit codes and shell completion tell what the program does."""

import re
import subprocess

import pytest

from tests.support.sensor_kit.kit import KIT, NSM_SENSOR

PAGE = KIT / "man/nsm-sensor.8"
COMPLETION = KIT / "completion/nsm-sensor.bash"


def help_of(*words: str) -> str:
    return subprocess.run([NSM_SENSOR, *words, "--help"], capture_output=True, text=True, check=True).stdout


def commands() -> list[str]:
    return re.findall(r"^  ([a-z-]+) +\w", help_of().split("Commands:")[1].split("Options:")[0], re.M)


def exit_codes() -> list[tuple[str, str]]:
    lines = (KIT / "lib/exit-codes").read_text().splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def test_one_table_of_exit_codes_stands_in_code_readme_manual_and_help():
    table = exit_codes()
    assert [int(code) for code, _ in table] == sorted({int(code) for code, _ in table})
    named = re.findall(r"^[A-Z_]+=(\d+)$", (KIT / "lib/messages.sh").read_text(), re.M)
    assert {code for code, _ in table} == {*named, "0"}
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", (KIT / "README.md").read_text(), re.M)
    assert [(code, text.replace("`", "")) for code, text in rows] == table
    section = PAGE.read_text().split(".Sh EXIT STATUS")[1].split(".El")[0]
    entries = re.findall(r"^\.It (\d+)\n((?:[^.].*\n)+)", section, re.M)
    assert [(code, " ".join(text.split())) for code, text in entries] == table
    shown = re.findall(r"^ +(\d+)  (.*)$", help_of().split("Exit codes:")[1], re.M)
    assert shown == table


def test_the_manual_tells_all_commands_and_options():
    page = PAGE.read_text()
    for command in commands():
        section = re.search(rf"^\.It Ic {command}\b(.*?)(?=^\.It |^\.El)", page, re.M | re.S)
        assert section, command
        options = set(re.findall(r"(?<![a-z])--([a-z][a-z-]*)", help_of(command).split("\n\n")[0]))
        told = set(re.findall(r"Fl Fl ([a-z][a-z-]*)", section[0]))
        assert told == options - {"help"}, command


def test_mandoc_has_nothing_to_say():
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", PAGE], capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "outdated mandoc.db" not in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (["nsm-sensor", "un"], {"unlock"}),
        (["nsm-sensor", "unlock", "--"], {"--help", "--once", "--test", "--wait"}),
        (["nsm-sensor", "--directory", "/x", "check", "--j"], {"--json"}),
        (["nsm-sensor", "enrol", "--portal", ""], set()),
    ],
)
def test_the_shell_completes_what_the_help_tells(line: list[str], offered: set[str]):
    words = " ".join(f"'{word}'" for word in line)
    script = f"""
PATH={KIT}:$PATH
. {COMPLETION}
COMP_WORDS=({words}) COMP_CWORD={len(line) - 1}
_nsm_sensor
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == offered


def test_the_shell_completes_every_command():
    script = f". {COMPLETION}; PATH={KIT}:$PATH; COMP_WORDS=(nsm-sensor '') COMP_CWORD=1; "
    script += "_nsm_sensor; echo ${COMPREPLY[@]}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert set(commands()) <= set(done.stdout.split())
    assert len(commands()) >= 8
