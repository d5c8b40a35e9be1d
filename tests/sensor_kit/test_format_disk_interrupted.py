"""Power is cut before each call of each program that writes; the same command, run again, ends well."""

import subprocess
from pathlib import Path

import pytest

from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.kit import DISK_BYTES, KEY_PATH, Sensor, give, wrap_program
from tests.support.sensor_kit.mapped import killing, uuid_of, with_device_mapper


@pytest.fixture
def programs(tmp_path: Path, sensor: Sensor, machines_door: Door) -> Path:
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    return wrap_program(with_device_mapper(tmp_path), "mount", ":")


def make_blank(sensor: Sensor, programs: Path) -> None:
    with sensor.disk.open("wb") as file:
        file.truncate(DISK_BYTES)
    for left in ("formatting", "disk-header", "disk-header.new", "sensor.conf.new", "formatting.new"):
        (sensor.directory / left).unlink(missing_ok=True)
    for left in ("content", "calls"):
        (programs / left).unlink(missing_ok=True)


def assert_whole(sensor: Sensor, programs: Path) -> None:
    assert not (sensor.directory / "formatting").exists()
    assert (programs / "content").read_text() == "ext4\n"
    assert sensor.disk.read_bytes()[-512:] == bytes(512), "our mark"
    assert f"disk_uuid={uuid_of(sensor.disk)}\n" in (sensor.directory / "sensor.conf").read_text()
    assert uuid_of(sensor.directory / "disk-header") == uuid_of(sensor.disk)
    opened = subprocess.run(
        ["cryptsetup", "open", "--test-passphrase", "--key-file=-", sensor.disk], input=sensor.key, check=False
    )
    assert opened.returncode == 0


@pytest.mark.parametrize(
    ("name", "calls"), [("cryptsetup", 5), ("sync", 6), ("mv", 3), ("dd", 6), ("mkfs.ext4", 1), ("rm", 1)]
)
def test_a_cut_at_each_step_loses_nothing(programs: Path, sensor: Sensor, name: str, calls: int) -> None:
    settings = (sensor.directory / "sensor.conf").read_text()
    number = 0
    while True:
        number += 1
        make_blank(sensor, programs)
        (sensor.directory / "sensor.conf").write_text(settings)
        done = sensor.run("format-disk", path=killing(programs, name, number))
        if done.code != -9:
            assert done.code == 0, done.err
            break
        where = f"before call {number} of {name}"
        if (sensor.directory / "formatting").exists():
            # What is half made is neither opened nor mounted.
            unlocked = sensor.run("unlock", "--once", path=programs)
            assert unlocked.code == 22, (where, unlocked.err)
        again = sensor.run("format-disk", path=programs)
        assert again.code == 0, (where, again.err)
        assert_whole(sensor, programs)
    assert number > calls, "it was killed nowhere"


@pytest.fixture
def begun(programs: Path, sensor: Sensor) -> Sensor:
    """A disk with our mark and a header that was just written."""
    assert sensor.run("format-disk", path=killing(programs, "dd", 6)).code == -9
    assert b"nsm-sensor format-disk" in sensor.disk.read_bytes()[-512:]
    return sensor


def overwrite(disk: Path, offset: int, content: bytes) -> None:
    with disk.open("r+b") as file:
        file.seek(offset)
        file.write(content)


@pytest.mark.parametrize("half", ["no-header", "one-copy", "no-slot"])
def test_a_header_that_is_half_written_is_written_again(programs: Path, begun: Sensor, half: str) -> None:
    """luksFormat fills the slots' place with random bytes first, which look like anybody's data."""
    if half == "no-header":
        overwrite(begun.disk, 0, bytes(32768))
    elif half == "one-copy":
        overwrite(begun.disk, 0, bytes(16384))
    else:
        subprocess.run(["cryptsetup", "erase", "--batch-mode", begun.disk], check=True)
    done = begun.run("format-disk", path=programs)
    assert done.code == 0, done.err
    assert_whole(begun, programs)


def test_somebodys_data_on_a_disk_with_our_mark_is_refused(programs: Path, begun: Sensor) -> None:
    overwrite(begun.disk, 0, bytes(2 * 1024 * 1024))
    mark = begun.disk.read_bytes()[-512:]
    subprocess.run(["mkfs.ext4", "-q", "-F", begun.disk], check=True)
    overwrite(begun.disk, DISK_BYTES - 512, mark)
    before = begun.disk.read_bytes()
    assert begun.run("format-disk", path=programs).code == 15
    assert begun.disk.read_bytes() == before


def test_an_intent_for_one_disk_lets_no_other_be_written_to(
    programs: Path, begun: Sensor, machines_door: Door, tmp_path: Path
) -> None:
    other = tmp_path / "other.img"
    other.write_bytes(b"recordings".ljust(DISK_BYTES, b"\1"))
    asked = len(machines_door.to(KEY_PATH))
    assert begun.run("format-disk", "--device", str(other), path=programs).code == 15
    assert other.read_bytes().startswith(b"recordings")
    assert len(machines_door.to(KEY_PATH)) == asked


def test_a_disk_that_is_done_is_left_as_it_is(programs: Path, sensor: Sensor) -> None:
    assert sensor.run("format-disk", path=programs).code == 0
    (programs / "calls").unlink()
    before = sensor.disk.read_bytes()
    done = sensor.run("format-disk", path=programs)
    assert done.code == 0, done.err
    assert "is kept" in done.err
    assert sensor.disk.read_bytes() == before
    assert "mkfs" not in (programs / "calls").read_text()


def test_what_a_kit_without_intents_left_is_ended_if_bases_key_opens_it(
    programs: Path, sensor: Sensor, machines_door: Door
) -> None:
    sensor.format()
    subprocess.run(["cryptsetup", "config", "--label", "nsm", sensor.disk], check=True)
    machines_door.answers[KEY_PATH] = [give(b"k" * 64), give(sensor.key)]
    before = sensor.disk.read_bytes()
    refused = sensor.run("format-disk", path=programs)
    assert refused.code == 13, refused.err
    assert "--wipe" in refused.err
    assert sensor.disk.read_bytes() == before
    assert sensor.run("format-disk", path=programs).code == 0
    assert_whole(sensor, programs)
