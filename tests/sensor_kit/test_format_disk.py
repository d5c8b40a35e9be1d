import secrets
import subprocess
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT
from tests.support.sensor_kit.doors import Answer, Door
from tests.support.sensor_kit.kit import DISK_BYTES, KEY_PATH, OCTETS, Sensor, give, problem, run_kit, wrap_program
from tests.support.sensor_kit.mapped import uuid_of, with_device_mapper


@pytest.fixture
def no_device_mapper(tmp_path: Path) -> Path:
    """On a kernel that has one, a plain file would be mapped for real."""
    return wrap_program(tmp_path / "programs", "dmsetup", "exit 1")


def is_luks(disk: Path) -> bool:
    return subprocess.run(["cryptsetup", "isLuks", disk], check=False).returncode == 0


def is_blank(disk: Path) -> bool:
    return disk.read_bytes() == bytes(DISK_BYTES)


def test_a_blank_disk_is_formatted_under_bases_key_and_proven(
    machines_door: Door, sensor: Sensor, no_device_mapper: Path
) -> None:
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    done = sensor.run("format-disk", path=no_device_mapper)
    assert done.code == 0, done.err
    assert "no file system was made" in done.err
    # Two to compare, one to format, one to prove.
    assert len(machines_door.to(KEY_PATH)) == 4
    assert sensor.run("unlock", "--test", "--once").code == 0
    dump = subprocess.run(["cryptsetup", "luksDump", sensor.disk], capture_output=True, text=True, check=True).stdout
    assert "pbkdf2" in dump
    assert "512 bits" in dump
    machines_door.answers[KEY_PATH] = [give(secrets.token_bytes(64))]
    assert sensor.run("unlock", "--test", "--once").code == 13


def test_the_disk_that_was_named_is_kept_in_the_settings(
    machines_door: Door, sensor: Sensor, no_device_mapper: Path, tmp_path: Path
) -> None:
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    other = tmp_path / "other.img"
    with other.open("wb") as file:
        file.truncate(DISK_BYTES)
    done = sensor.run("format-disk", "--device", str(other), "--mapper", "nsm7", path=no_device_mapper)
    assert done.code == 0, done.err
    settings = (sensor.directory / "sensor.conf").read_text()
    assert f"disk_uuid={uuid_of(other)}\ndisk_device={other}\ndisk_mapper=nsm7\n" in settings
    assert is_luks(other)
    assert is_blank(sensor.disk)


def test_with_a_device_mapper_a_file_system_is_made(machines_door: Door, sensor: Sensor, tmp_path: Path) -> None:
    """Under a name that no unit waits for: what is half made must not be mounted."""
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    programs = with_device_mapper(tmp_path)
    done = sensor.run("format-disk", path=programs)
    assert done.code == 0, done.err
    calls = [" ".join(line.split()) for line in (programs / "calls").read_text().splitlines()]
    assert calls == [
        f"cryptsetup open --type luks --key-file=- --keyfile-size 64 {sensor.disk} nsm-new",
        "mkfs.ext4 -q -F -L nsm /dev/mapper/nsm-new",
        "cryptsetup close nsm-new",
    ]
    assert (programs / "eaten").read_bytes() == sensor.key
    assert not (sensor.directory / "formatting").exists()


@pytest.mark.parametrize(
    ("offset", "content"),
    [
        (0, b"x"),
        (1024 * 1024 - 1, b"x"),
        (DISK_BYTES - 1024 * 1024, b"x"),
        (DISK_BYTES - 1, b"x"),
        (0x1FE, b"\x55\xaa"),
    ],
)
def test_a_disk_that_holds_a_byte_is_refused(machines_door: Door, sensor: Sensor, offset: int, content: bytes) -> None:
    with sensor.disk.open("r+b") as file:
        file.seek(offset)
        file.write(content)
    before = sensor.disk.read_bytes()
    done = sensor.run("format-disk")
    assert done.code == 15, done.err
    assert sensor.disk.read_bytes() == before
    assert machines_door.requests == []


@pytest.mark.parametrize(
    "make",
    [
        ["mkfs.ext4", "-q", "-F"],
        ["mkswap", "-q"],
    ],
)
def test_a_disk_with_a_file_system_is_refused(machines_door: Door, sensor: Sensor, make: list[str]) -> None:
    subprocess.run([*make, str(sensor.disk)], check=True, capture_output=True)
    done = sensor.run("format-disk")
    assert done.code == 15, done.err
    assert "signature" in done.err
    assert machines_door.requests == []


def test_a_disk_that_is_encrypted_already_is_refused(machines_door: Door, sensor: Sensor) -> None:
    sensor.format()
    before = sensor.disk.read_bytes()
    done = sensor.run("format-disk")
    assert done.code == 15
    assert "LUKS" in done.err
    assert sensor.disk.read_bytes() == before
    assert machines_door.requests == []


def test_a_disk_that_is_filled_while_base_is_asked_is_refused(machines_door: Door, sensor: Sensor) -> None:
    def fill_and_give(_: object) -> Answer:
        with sensor.disk.open("r+b") as file:
            file.write(b"someone else's")
        return give(sensor.key)

    machines_door.answers[KEY_PATH] = [fill_and_give]
    done = sensor.run("format-disk")
    assert done.code == 15
    assert not is_luks(sensor.disk)


def test_two_different_keys_format_nothing(machines_door: Door, sensor: Sensor) -> None:
    other = sensor.key[:63] + bytes([sensor.key[63] ^ 1])
    machines_door.answers[KEY_PATH] = [give(sensor.key), give(other)]
    done = sensor.run("format-disk")
    assert done.code == 16, done.err
    assert is_blank(sensor.disk)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (problem(403, "case-open"), 10),
        (problem(423, "new-network", ("Retry-After", "1")), 11),
        (Answer(status=500), 12),
        (Answer(status=200, body=b"", headers=OCTETS), 12),
        (Answer(body=b"k" * 30, headers=OCTETS, length=64), 12),
        (Answer(body=b"k" * 30, headers=OCTETS, length=None), 12),
        (Answer(body=b"k" * 65, headers=OCTETS, length=None), 12),
        (Answer(body=b"k" * 64), 12),
    ],
)
@pytest.mark.parametrize("which", ["first", "second", "both"])
def test_anything_but_two_whole_keys_formats_nothing(
    machines_door: Door, sensor: Sensor, answer: Answer, code: int, which: str
) -> None:
    good = give(sensor.key)
    script: dict[str, list[Answer]] = {"first": [answer, good], "second": [good, answer], "both": [answer]}
    machines_door.answers[KEY_PATH] = list(script[which])
    done = sensor.run("format-disk")
    assert done.code == code, done.err
    assert "nothing was formatted" in done.err
    assert is_blank(sensor.disk)


def test_a_key_that_is_withdrawn_before_formatting_formats_nothing(machines_door: Door, sensor: Sensor) -> None:
    good = give(sensor.key)
    machines_door.answers[KEY_PATH] = [good, good, problem(403, "case-open")]
    assert sensor.run("format-disk").code == 10
    assert is_blank(sensor.disk)


def test_a_proof_that_fails_is_said(machines_door: Door, sensor: Sensor) -> None:
    good = give(sensor.key)
    machines_door.answers[KEY_PATH] = [good, good, good, give(secrets.token_bytes(64))]
    done = sensor.run("format-disk")
    assert done.code == 13
    assert "is not proven" in done.err


def test_a_small_or_missing_disk_is_refused(machines_door: Door, sensor: Sensor) -> None:
    with sensor.disk.open("r+b") as file:
        file.truncate(1024 * 1024)
    assert sensor.run("format-disk").code == 1
    assert sensor.run("format-disk", "--device", "/nonexistent").code == 14
    assert machines_door.requests == []


def test_a_device_in_use_is_refused(sensor: Sensor, tmp_path: Path) -> None:
    """A mount is shown by a mount table that names the disk, since a test must mount nothing."""
    library = tmp_path / "check.sh"
    library.write_text(
        f"LC_ALL=C; . {CHECKOUT}/sensor-kit/lib/empty_device.sh\n"
        f'cat() {{ echo "{sensor.disk} /nsm ext4 rw 0 0"; }}\nfind_content "{sensor.disk}"\n'
    )
    done = subprocess.run(["sh", library], capture_output=True, text=True, check=True)
    assert "in use" in done.stdout


@pytest.mark.parametrize(
    "options", [["--device"], ["--device", "sdb"], ["--device", "/dev/../etc/x"], ["--mapper", "a/b"], ["--force"]]
)
def test_wrong_options_are_usage_errors(sensor: Sensor, options: list[str]) -> None:
    assert sensor.run("format-disk", *options).code == 2


def test_a_sensor_that_is_not_enrolled_formats_nothing(tmp_path: Path) -> None:
    assert run_kit(tmp_path / "nothing", "format-disk", "--device", "/dev/null").code == 3
