import json
import resource
import secrets
import statistics
from pathlib import Path

import pytest

from tests.support.sensor_kit.doors import Answer, Door
from tests.support.sensor_kit.kit import KEY_PATH, OCTETS, Sensor, give, problem, wrap_program


@pytest.fixture
def no_cryptsetup(tmp_path: Path) -> Path:
    """Programs of which cryptsetup leaves a mark when it is started at all."""
    return wrap_program(tmp_path / "programs", "cryptsetup", f'touch {tmp_path}/started\nexec $REAL "$@"')


def test_the_key_opens_the_volume_in_a_twinkling(machines_door: Door, sensor: Sensor) -> None:
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    runs = [sensor.run("unlock", "--test", "--once") for _ in range(9)]
    assert [run.code for run in runs] == [0] * 9, runs[0].err
    assert "the key opens the volume" in runs[0].out
    assert "nothing is mapped" in runs[0].out
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = (used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime) / len(runs)
    median = statistics.median(run.seconds for run in runs)
    figures = f"{median * 1000:.0f} ms (median of {len(runs)}), {busy * 1000:.0f} ms of them computing"
    print(f"unlock --test on loopback: {figures}")
    # The aim is 100 ms. How long it takes beside other tests says little; how much it computes says more.
    assert busy < 0.2


def test_base_hears_that_the_disk_is_locked_after_a_mere_test(machines_door: Door, sensor: Sensor) -> None:
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    assert sensor.run("unlock", "--test", "--once").code == 0
    (heartbeat,) = machines_door.to("/v1/heartbeat")
    version = sensor.run("--version").out.strip()
    assert json.loads(heartbeat.body) == {"disk": "locked", "kit_version": version}
    (request,) = machines_door.to(KEY_PATH)
    assert request.body == b""


def test_a_heartbeat_that_base_does_not_take_changes_nothing(machines_door: Door, sensor: Sensor) -> None:
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    machines_door.answers["/v1/heartbeat"] = [Answer(status=500)]
    done = sensor.run("unlock", "--test", "--once")
    assert done.code == 0
    assert "heartbeat did not reach" in done.err


@pytest.mark.parametrize("status", [202, 204, 301, 403, 404, 423, 429, 500, 503])
def test_the_body_of_any_other_answer_is_never_tried_as_a_key(
    machines_door: Door, sensor: Sensor, no_cryptsetup: Path, status: int
) -> None:
    sensor.format()
    # Even the right key under the wrong status opens nothing.
    machines_door.answers[KEY_PATH] = [Answer(status=status, body=sensor.key, headers=OCTETS)]
    done = sensor.run("unlock", "--test", "--once", path=no_cryptsetup)
    assert done.code == {403: 10, 423: 11}.get(status, 12), done.err
    assert not (no_cryptsetup.parent / "started").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"headers": (("Content-Type", "application/problem+json"),)}, 12),
        ({"headers": ()}, 12),
        ({"length": 63}, 12),
        ({"length": 65}, 12),
        ({"length": 0}, 12),
    ],
)
def test_an_answer_that_is_no_key_does_not_start_cryptsetup(
    machines_door: Door, sensor: Sensor, no_cryptsetup: Path, change: dict[str, object], code: int
) -> None:
    sensor.format()
    facts: dict[str, object] = {"body": sensor.key, "headers": OCTETS} | change
    machines_door.answers[KEY_PATH] = [Answer(**facts)]  # type: ignore[arg-type]
    assert sensor.run("unlock", "--test", "--once", path=no_cryptsetup).code == code
    assert not (no_cryptsetup.parent / "started").exists()


def test_the_mark_of_a_started_cryptsetup_would_be_seen(
    machines_door: Door, sensor: Sensor, no_cryptsetup: Path
) -> None:
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    assert sensor.run("unlock", "--test", "--once", path=no_cryptsetup).code == 0
    assert (no_cryptsetup.parent / "started").exists()


@pytest.mark.parametrize("size", [1, 30, 63])
@pytest.mark.parametrize("length", [64, None])
def test_a_key_that_is_cut_off_is_no_key(machines_door: Door, sensor: Sensor, size: int, length: int | None) -> None:
    sensor.format()
    machines_door.answers[KEY_PATH] = [Answer(body=sensor.key[:size], headers=OCTETS, length=length)]
    done = sensor.run("unlock", "--test", "--once")
    assert done.code == 12, done.err


def test_a_key_without_an_announced_length_is_a_key(machines_door: Door, sensor: Sensor) -> None:
    sensor.format()
    machines_door.answers[KEY_PATH] = [Answer(body=sensor.key, headers=OCTETS, length=None)]
    assert sensor.run("unlock", "--test", "--once").code == 0


def test_a_key_of_line_ends_and_zeros_arrives_whole(machines_door: Door, sensor: Sensor) -> None:
    sensor.format()
    for key in (b"\n" * 64, b"\0" * 64, b"\r\n\r\n" * 16, b"HTTP/1.1 403 No\r\n\r\n".ljust(64, b"\xff")):
        with sensor.disk.open("wb") as file:
            file.truncate(24 * 1024 * 1024)
        sensor.format(key)
        machines_door.answers[KEY_PATH] = [give(key)]
        assert sensor.run("unlock", "--test", "--once").code == 0, key


def test_a_key_of_another_disk_is_told_from_a_refusal(machines_door: Door, sensor: Sensor) -> None:
    sensor.format(secrets.token_bytes(64))
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    done = sensor.run("unlock", "--test", "--once")
    assert done.code == 13
    assert "does not open" in done.err


def test_a_hostile_reason_does_not_reach_the_terminal(machines_door: Door, sensor: Sensor) -> None:
    machines_door.answers[KEY_PATH] = [problem(403, "\x1b[2Jgone\n" + "x" * 5000)]
    done = sensor.run("unlock", "--test", "--once")
    assert done.code == 10
    assert "\x1b" not in done.err
    assert len(done.err) < 300
