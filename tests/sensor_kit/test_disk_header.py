"""A header that is damaged is told in words, with the way out, and that way works."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.kit import KEY_PATH, Sensor, give
from tests.support.sensor_kit.mapped import with_device_mapper


@pytest.fixture
def programs(tmp_path: Path, machines_door: Door, sensor: Sensor) -> Path:
    """A box whose disk was formatted by the kit."""
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    programs = with_device_mapper(tmp_path)
    assert sensor.run("format-disk", path=programs).code == 0
    machines_door.requests.clear()
    return programs


def damage(sensor: Sensor, offset: int, size: int) -> None:
    with sensor.disk.open("r+b") as file:
        file.seek(offset)
        file.write(os.urandom(size))


def disk_of(sensor: Sensor, programs: Path) -> tuple[str, str]:
    report = json.loads(sensor.run("status", "--json", path=programs).out)
    return report["disk"], report["disk_problem"] or ""


def restore_as_told(sensor: Sensor, words: str) -> None:
    """Does what the words say."""
    command = words.split("to put the copy back: ")[1].split("\n")[0].split()
    assert command[:2] == ["cryptsetup", "luksHeaderRestore"]
    subprocess.run([*command, "--batch-mode"], check=True)


def test_a_whole_header_is_not_called_damaged(sensor: Sensor, programs: Path) -> None:
    assert disk_of(sensor, programs) == ("locked", "")


def test_a_slot_that_a_person_added_is_not_called_damage(sensor: Sensor, programs: Path, tmp_path: Path) -> None:
    for name, key in (("key", sensor.key), ("other", b"another key of a person")):
        (tmp_path / name).write_bytes(key)
    add = ["cryptsetup", "luksAddKey", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
    subprocess.run([*add, f"--key-file={tmp_path}/key", sensor.disk, tmp_path / "other"], check=True)
    assert disk_of(sensor, programs) == ("locked", "")


def test_without_its_first_4_kib_the_disk_still_opens(sensor: Sensor, programs: Path) -> None:
    """The second copy of the metadata is found by blkid, and cryptsetup mends the first from it."""
    damage(sensor, 0, 4096)
    assert sensor.run("unlock", "--once", path=programs).code == 0
    assert sensor.disk.read_bytes()[:4] == b"LUKS"
    assert disk_of(sensor, programs) == ("locked", "")


@pytest.mark.parametrize(
    ("offset", "size", "word"), [(0, 1024 * 1024, "both copies"), (32768 + 4096, 16384, "key slot")]
)
def test_the_first_mib_and_a_slot_are_told_with_the_way_out(
    sensor: Sensor, programs: Path, offset: int, size: int, word: str
) -> None:
    damage(sensor, offset, size)
    done = sensor.run("unlock", "--once", path=programs)
    assert done.code == 23, done.err
    assert word in done.err
    state, problem = disk_of(sensor, programs)
    assert state == "damaged"
    assert word in problem
    restore_as_told(sensor, done.err)
    assert sensor.run("unlock", "--once", path=programs).code == 0
    assert disk_of(sensor, programs) == ("locked", "")


def test_without_a_copy_it_says_that_the_disk_is_lost(sensor: Sensor, programs: Path, machines_door: Door) -> None:
    (sensor.directory / "disk-header").unlink()
    damage(sensor, 0, 1024 * 1024)
    done = sensor.run("unlock", "--once", path=programs)
    assert done.code == 23
    assert "what the disk holds is lost" in done.err
    assert "--wipe" in done.err
    assert machines_door.to(KEY_PATH) == []


def test_a_disk_of_another_volume_is_told_from_a_damaged_one(sensor: Sensor, programs: Path) -> None:
    sensor.format()
    done = sensor.run("unlock", "--once", path=programs)
    assert done.code == 23
    assert "another volume" in done.err


def test_a_wrong_key_is_not_called_damage(sensor: Sensor, programs: Path, machines_door: Door) -> None:
    machines_door.answers[KEY_PATH] = [give(b"k" * 64)]
    assert sensor.run("unlock", "--once", path=programs).code == 13


def test_an_older_kits_disk_gets_its_copy_at_the_first_good_unlock(sensor: Sensor, programs: Path) -> None:
    copy = sensor.directory / "disk-header"
    whole = copy.read_bytes()
    copy.unlink()
    assert sensor.run("unlock", "--once", path=programs).code == 0
    assert copy.read_bytes()[32768:] == whole[32768:]
    assert copy.stat().st_mode & 0o077 == 0
