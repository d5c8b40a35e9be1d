import json
import subprocess
from pathlib import Path

import pytest

from lab.waiting import wait_until
from tests.support.sensor_kit.doors import Answer, Door
from tests.support.sensor_kit.kit import (
    KEY_PATH,
    NSM_SENSOR,
    OCTETS,
    Sensor,
    give,
    kit_environment,
    problem,
    wrap_program,
)
from tests.support.sensor_kit.search import descendants, is_pausing


def test_a_refusal_ends_the_asking_and_names_its_reason(machines_door: Door, sensor: Sensor) -> None:
    machines_door.answers[KEY_PATH] = [problem(403, "case-open")]
    done = sensor.run("unlock", "--test", "--wait", "30")
    assert done.code == 10
    assert "refused the disk key (case-open)" in done.err
    assert len(machines_door.to(KEY_PATH)) == 1


def test_a_box_that_is_held_says_once_that_its_disk_is_locked(machines_door: Door, sensor: Sensor) -> None:
    """What base heard before the restart may still say "open"."""
    sensor.format()
    held = problem(423, "two-places", ("Retry-After", "1"))
    machines_door.answers[KEY_PATH] = [held, held, problem(403, "case-open")]
    done = sensor.run(
        "unlock", "--wait", "30", path=wrap_program(sensor.directory.parent / "programs", "dmsetup", "exit 0")
    )
    assert done.code == 10, done.err
    while_it_waited = machines_door.requests[: [one.path for one in machines_door.requests].index("/v1/heartbeat") + 1]
    assert [one.path for one in while_it_waited] == [KEY_PATH, "/v1/heartbeat"]
    assert json.loads(while_it_waited[-1].body)["disk"] == "locked"
    # And once more when it gave up.
    assert len(machines_door.to("/v1/heartbeat")) == 2


def test_held_is_asked_again_when_base_says(machines_door: Door, sensor: Sensor) -> None:
    sensor.format()
    held = problem(423, "address-not-yet-seen", ("Retry-After", "1"))
    machines_door.answers[KEY_PATH] = [held, held, give(sensor.key)]
    done = sensor.run("unlock", "--test", "--wait", "20")
    assert done.code == 0, done.err
    assert "holds the disk key back (address-not-yet-seen)" in done.err
    first, second, third = (request.at for request in machines_door.to(KEY_PATH))
    assert second - first >= 1
    assert third - second >= 1
    assert third - first < 10


def test_it_does_not_wait_for_a_moment_that_lies_beyond_its_patience(machines_door: Door, sensor: Sensor) -> None:
    machines_door.answers[KEY_PATH] = [problem(423, "new-network", ("Retry-After", "60"))]
    done = sensor.run("unlock", "--test", "--wait", "5")
    assert done.code == 11
    assert done.seconds < 5


@pytest.mark.parametrize("value", ["soon", "-5", "99999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT", "0"])
def test_a_strange_retry_after_neither_stops_nor_hurries_it(machines_door: Door, sensor: Sensor, value: str) -> None:
    sensor.format()
    machines_door.answers[KEY_PATH] = [problem(423, "held", ("Retry-After", value)), give(sensor.key)]
    done = sensor.run("unlock", "--test", "--wait", "10")
    assert done.code == 0, done.err
    first, second = (request.at for request in machines_door.to(KEY_PATH))
    assert 1 <= second - first < 10


def test_a_silent_server_does_not_hold_it(machines_door: Door, sensor: Sensor) -> None:
    machines_door.answers[KEY_PATH] = [Answer(silent=60)]
    done = sensor.run("unlock", "--test", "--wait", "2")
    assert done.code == 12
    assert done.seconds < 9


def test_one_try_at_a_silent_server_ends_by_itself(machines_door: Door, sensor: Sensor) -> None:
    machines_door.answers[KEY_PATH] = [Answer(silent=60)]
    done = sensor.run("unlock", "--test", "--once")
    assert done.code == 12
    assert done.seconds < 15


def test_a_server_that_drips_does_not_hold_it(machines_door: Door, sensor: Sensor) -> None:
    sensor.format()
    machines_door.answers[KEY_PATH] = [Answer(body=sensor.key, headers=OCTETS, slow=0.5)]
    done = sensor.run("unlock", "--test", "--wait", "2")
    assert done.code == 12, done.err
    assert done.seconds < 9


@pytest.mark.parametrize(
    ("answer", "pause"), [(problem(423, "held", ("Retry-After", "120")), 120), (problem(403, "case-open"), 300)]
)
def test_at_boot_it_asks_again_and_ends_at_once_when_told_to(
    machines_door: Door, sensor: Sensor, answer: Answer, pause: int
) -> None:
    machines_door.answers[KEY_PATH] = [answer]
    process = subprocess.Popen(
        [NSM_SENSOR, "--directory", sensor.directory, "unlock", "--test"],
        env=kit_environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert f"trying again in about {pause} s" in process.stderr.readline()
    wait_until(lambda: is_pausing(process.pid), what="the shell and its sleep", timeout=10)
    started = list(descendants(process.pid))
    process.terminate()
    assert process.wait(timeout=10) == 143
    process.stderr.close()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started), what="both to be gone", timeout=10)
