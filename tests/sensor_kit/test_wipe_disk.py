"""format-disk --wipe: what a box that was given back needs, as its disk is closed with a key that base destroyed."""

import subprocess
from pathlib import Path

import pytest

from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.kit import DISK_BYTES, KEY_PATH, Outcome, Sensor, give, problem, run_kit, wrap_program
from tests.support.sensor_kit.mapped import uuid_of, with_device_mapper

SERIAL = "disk.img"  # a file has none, so its name is asked for


@pytest.fixture
def programs(tmp_path: Path, machines_door: Door, sensor: Sensor) -> Path:
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    return with_device_mapper(tmp_path)


def wipe(sensor: Sensor, programs: Path, typed: str) -> Outcome:
    return run_kit(sensor.directory, "format-disk", "--wipe", stdin=typed + "\n", path=programs)


def fill(sensor: Sensor, what: str) -> None:
    if what == "a volume under another key":
        sensor.format(b"k" * 64)
    elif what == "a file system":
        subprocess.run(["mkfs.ext4", "-q", "-F", sensor.disk], check=True)
    elif what == "noise":
        sensor.disk.write_bytes(b"\xa5" * DISK_BYTES)
    else:
        # The way that was documented before: it leaves the first MiB as it was.
        sensor.format(b"k" * 64)
        subprocess.run(["cryptsetup", "erase", "--batch-mode", sensor.disk], check=True)
        subprocess.run(["wipefs", "--quiet", "--all", sensor.disk], check=True)


@pytest.mark.parametrize("what", ["a volume under another key", "a file system", "noise", "erased by hand"])
def test_what_was_there_is_gone_and_the_disk_is_under_the_new_key(sensor: Sensor, programs: Path, what: str) -> None:
    fill(sensor, what)
    refused = sensor.run("format-disk", path=programs)
    assert refused.code == 15
    assert "--wipe" in refused.err
    before = sensor.disk.read_bytes()
    done = wipe(sensor, programs, SERIAL)
    assert done.code == 0, done.err
    after = sensor.disk.read_bytes()
    # The slots' place has other bytes now, and no byte of a volume's end is left in the last MiB.
    assert after[32768:65536] != before[32768:65536]
    assert after[-1024 * 1024 :] == bytes(1024 * 1024)
    assert f"disk_uuid={uuid_of(sensor.disk)}\n" in (sensor.directory / "sensor.conf").read_text()
    assert uuid_of(sensor.directory / "disk-header") == uuid_of(sensor.disk)


@pytest.mark.parametrize("typed", ["", "y", "yes", "disk", "disk.img2", "DISK.IMG"])
def test_anything_but_the_serial_wipes_nothing_and_asks_base_nothing(
    sensor: Sensor, programs: Path, machines_door: Door, typed: str
) -> None:
    sensor.format(b"k" * 64)
    before = sensor.disk.read_bytes()
    done = wipe(sensor, programs, typed)
    assert done.code == 1
    assert "nothing was wiped" in done.err
    assert sensor.disk.read_bytes() == before
    assert machines_door.requests == []


def test_a_key_that_base_does_not_give_wipes_nothing(sensor: Sensor, programs: Path, machines_door: Door) -> None:
    sensor.format(b"k" * 64)
    machines_door.answers[KEY_PATH] = [problem(403, "case-open")]
    before = sensor.disk.read_bytes()
    assert wipe(sensor, programs, SERIAL).code == 10
    assert sensor.disk.read_bytes() == before


def test_a_disk_in_use_is_refused_before_anything_is_asked(sensor: Sensor, programs: Path, machines_door: Door) -> None:
    sensor.format(b"k" * 64)
    wrap_program(programs, "losetup", "echo /dev/loop9")
    done = wipe(sensor, programs, SERIAL)
    assert done.code == 15
    assert "in use" in done.err
    assert machines_door.requests == []


def test_the_serial_is_that_of_the_whole_disk(tmp_path: Path, sensor: Sensor) -> None:
    """lsblk knows none for a partition."""
    programs = wrap_program(
        tmp_path / "programs",
        "lsblk",
        'case "$*" in *PKNAME*) echo sdz ;; *SERIAL\\ /dev/sdz) echo "WD-1 23" ;; esac',
    )
    script = tmp_path / "serial.sh"
    kit = Path(__file__).parents[2] / "sensor-kit"
    script.write_text(f'. {kit}/lib/wipe_disk.sh\nprint_serial "$1"\n')
    block = next(path for path in Path("/dev").iterdir() if path.is_block_device())
    done = subprocess.run(
        ["sh", script, block],
        env={"PATH": f"{programs}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "WD-123"
