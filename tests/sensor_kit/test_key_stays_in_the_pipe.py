import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.waiting import wait_until
from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.kit import NSM_SENSOR, Sensor, give, kit_environment, wrap_program
from tests.support.sensor_kit.search import descendants, find_in_files, find_in_processes, find_in_shells

# Printable, so that it could stand in an argument, a variable or a shell's memory, which cannot hold a zero.
KEY = b"".join(b"%x" % (n * n % 16) for n in range(7, 71))
# A program that says that it is there, and stays until it may go, at most 20 seconds.
LINGER = """\
touch "${0%/*}/mark"
n=0
while [ ! -e "${0%/*}/release" ] && [ $n -lt 200 ]; do sleep 0.1; n=$((n + 1)); done
"""


@pytest.fixture
def busy_sensor(machines_door: Door, sensor: Sensor) -> Sensor:
    sensor.format(KEY)
    machines_door.answers["/v1/disk-key"] = [give(KEY)]
    return Sensor(directory=sensor.directory, disk=sensor.disk, key=KEY)


@contextmanager
def caught_in_the_act(sensor: Sensor, script: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """The kit at work, while a cryptsetup that runs `script` first has the key in the pipe before it."""
    programs = wrap_program(sensor.directory.parent / "programs", "cryptsetup", script)
    wrap_program(programs, "linger", LINGER)
    mark = programs / "mark"
    process = subprocess.Popen(
        [NSM_SENSOR, "--directory", sensor.directory, *command],
        env=kit_environment(programs),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_until(mark.exists, what="cryptsetup to be started", timeout=40)
        time.sleep(0.3)
        yield process
    finally:
        lingering = list(descendants(process.pid))
        (programs / "release").touch()
        output, _ = process.communicate(timeout=20)
        assert KEY not in output
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in lingering), what="all to end", timeout=10)


def test_the_key_is_nowhere_but_in_the_pipe(busy_sensor: Sensor) -> None:
    with caught_in_the_act(busy_sensor, 'linger; exec $REAL "$@"', "unlock", "--test", "--once") as process:
        wait_until(lambda: find_in_shells(process.pid, KEY)[0] >= 3, what="three shells to be there", timeout=10)
        assert find_in_processes(process.pid, KEY) == []
        assert find_in_files(busy_sensor.directory.parent, KEY) == []
        searched, holding = find_in_shells(process.pid, KEY)
        assert searched >= 3
        assert holding == 0
    assert process.returncode == 0
    assert find_in_files(busy_sensor.directory.parent, KEY) == []


@pytest.mark.parametrize(
    ("script", "place"),
    [
        ('linger "$(cat)"', "cmdline"),
        ('PLANTED=$(od -An -vtx1 | tr -d " \\n"); export PLANTED; linger', "environ"),
    ],
)
def test_the_same_search_finds_a_planted_argument_and_variable(busy_sensor: Sensor, script: str, place: str) -> None:
    with caught_in_the_act(busy_sensor, script, "unlock", "--test", "--once") as process:
        assert place in find_in_processes(process.pid, KEY)


def test_the_same_search_finds_a_key_that_a_shell_read(busy_sensor: Sensor) -> None:
    script = 'key=$(cat); linger; : "$key"'
    with caught_in_the_act(busy_sensor, script, "unlock", "--test", "--once") as process:
        assert find_in_shells(process.pid, KEY)[1] == 1


@pytest.mark.parametrize("filter_", ["cat", "base64 -w0", "od -An -vtx1 | tr -d ' \\n'"])
def test_the_same_search_finds_a_planted_file(busy_sensor: Sensor, filter_: str) -> None:
    planted = busy_sensor.directory / "planted"
    with caught_in_the_act(busy_sensor, f"{filter_} >{planted}; linger", "unlock", "--test", "--once"):
        assert find_in_files(busy_sensor.directory.parent, KEY) == [planted]


def test_formatting_keeps_the_key_in_pipes_too(machines_door: Door, busy_sensor: Sensor) -> None:
    with busy_sensor.disk.open("wb") as file:
        file.truncate(24 * 1024 * 1024)
    script = 'case $1 in luksFormat) linger ;; esac; exec $REAL "$@"'
    with caught_in_the_act(busy_sensor, script, "format-disk") as process:
        assert find_in_processes(process.pid, KEY) == []
        assert find_in_files(busy_sensor.directory.parent, KEY) == []
        assert find_in_shells(process.pid, KEY)[1] == 0
    assert find_in_files(busy_sensor.directory.parent, KEY) == []


def test_comparing_keeps_the_key_in_pipes_too(busy_sensor: Sensor) -> None:
    with busy_sensor.disk.open("wb") as file:
        file.truncate(24 * 1024 * 1024)
    wrap_program(busy_sensor.directory.parent / "programs", "cmp", 'linger; exec $REAL "$@"')
    with caught_in_the_act(busy_sensor, 'exec $REAL "$@"', "format-disk") as process:
        assert find_in_processes(process.pid, KEY) == []
        assert find_in_files(busy_sensor.directory.parent, KEY) == []
        assert find_in_shells(process.pid, KEY)[1] == 0
