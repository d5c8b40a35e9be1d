"""nsm-sensor report: what is in the bundle, and that no key is, wherever one was planted."""

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.support.authority import make_tls_crypt_client_key, make_tls_crypt_server_key
from tests.support.sensor_kit.kit import BUSYBOX, GAWK, KIT, MAWK, SUBJECT, Sensor, wrap_program
from tests.support.sensor_kit.search import find_in_files, forms_of

# Always the same one: a random one may, once in a thousand, have letters of one kind alone in one of its forms.
KEY = hashlib.sha512(b"planted").digest()
UUID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"


def pairs(key: bytes, between: str) -> str:
    return between.join(f"{byte:02x}" for byte in key)


def texts() -> list[str]:
    """What a careless program might have written somewhere."""
    return [
        *(form.decode() for form in forms_of(KEY) if form.isascii()),
        f"key={KEY.hex()}",
        f'"key": "{base64.b64encode(KEY).decode()}"',
        base64.encodebytes(KEY).decode(),
        pairs(KEY, ":"),
        pairs(KEY, " ").upper(),
    ]


def unpacked(sensor: Sensor, folder: Path, programs: Path) -> Path:
    done = sensor.run("report", "--output", str(folder / "out.tar.gz"), path=programs)
    assert done.code == 0, done.err
    assert "is written" in done.out
    (folder / "unpacked").mkdir()
    subprocess.run(["tar", "-C", folder / "unpacked", "-xzf", folder / "out.tar.gz"], check=True)
    return folder / "unpacked/nsm-sensor-report"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The host's own are not looked at."""
    folder = wrap_program(tmp_path / "programs", "journalctl", 'cat "${0%/*}/journal" 2>/dev/null')
    for name in ("systemctl", "timedatectl", "lsblk"):
        wrap_program(folder, name, f"echo {name} was asked")
    return folder


@pytest.fixture
def keys(sensor: Sensor, tmp_path: Path) -> list[str]:
    """The lines of the sensor's own keys."""
    make_tls_crypt_server_key(tmp_path / "server.key")
    path = sensor.directory / "tls-crypt-v2.key"
    make_tls_crypt_client_key(server_key=tmp_path / "server.key", path=path)
    lines = [*path.read_text().splitlines(), *(sensor.directory / "client.key").read_text().splitlines()]
    return [line for line in lines if len(line) > 20 and not line.startswith("-----")]


def test_it_holds_what_helps(sensor: Sensor, tmp_path: Path, programs: Path):
    (programs / "journal").write_text(f"nsm-sensor: base is unreachable; the disk is {UUID} on /dev/disk/by-id/ata-X\n")
    report = unpacked(sensor, tmp_path, programs)
    assert SUBJECT in (report / "settings.txt").read_text()
    assert SUBJECT in (report / "certificate.txt").read_text()
    assert "FAULT" in (report / "check.txt").read_text()
    assert "base is unreachable" in (report / "journal.txt").read_text()
    assert UUID in (report / "journal.txt").read_text()
    assert "/dev/disk/by-id/ata-X" in (report / "journal.txt").read_text()
    assert "systemctl was asked" in (report / "units.txt").read_text()
    assert "OpenVPN" in (report / "versions.txt").read_text()


def test_no_key_is_in_it_wherever_one_was_planted(sensor: Sensor, tmp_path: Path, programs: Path, keys: list[str]):
    planted = "\n".join(texts())
    own = (sensor.directory / "client.key").read_text() + (sensor.directory / "tls-crypt-v2.key").read_text()
    (programs / "journal").write_text(f"{planted}\n{own}\n")
    (sensor.directory / "client.conf").write_text(f"# {planted}\n{own}")
    (sensor.directory / "last-unlock").write_text(f"2026-01-01T00:00:00Z 12 {KEY.hex()}\n")
    with (sensor.directory / "sensor.conf").open("a") as settings:
        settings.write("".join(f"# {line}\n" for line in planted.splitlines()))
    wrap_program(programs, "systemctl", f"echo 'Environment=KEY={base64.b64encode(KEY).decode()}'")
    report = unpacked(sensor, tmp_path, programs)
    assert find_in_files(sensor.directory, KEY), "or nothing is shown below"
    assert find_in_files(report, KEY) == []
    text = "".join(path.read_text() for path in report.iterdir())
    assert "[removed]" in text
    assert [form for form in (pairs(KEY, ":"), pairs(KEY, " ").upper()) if form in text] == []
    assert [line for line in keys if line in text] == []


@pytest.mark.parametrize("awk", [MAWK, GAWK, BUSYBOX], ids=lambda awk: awk[0])
def test_each_awk_takes_keys_out_and_leaves_the_rest(awk: tuple[str, ...]):
    kept = [
        f"disk {UUID} at 10.88.0.5, 02:00:00:00:00:01, /usr/lib/systemd/system/nsm-heartbeat.service.d/override.conf",
        "-----BEGIN CERTIFICATE-----",
        "nsm-unlock.service: Main process exited, code=exited, status=12/n/a",
    ]
    command = [*awk, "-f", str(KIT / "lib/without_secrets.awk")]
    told = "\n".join([*texts(), *kept]) + "\n"
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=True).stdout
    assert done.splitlines()[-len(kept) :] == kept
    assert not [form for form in texts() if form in done]


def test_a_program_that_hangs_or_fails_costs_its_own_part_alone(sensor: Sensor, tmp_path: Path, programs: Path):
    wrap_program(programs, "lsblk", "exit 7")
    assert "ended with exit code 7" in (unpacked(sensor, tmp_path, programs) / "disks.txt").read_text()


def test_a_box_that_is_not_enrolled_has_a_report_too(sensor: Sensor, tmp_path: Path, programs: Path):
    (sensor.directory / "sensor.conf").unlink()
    assert "enrol this sensor first" in (unpacked(sensor, tmp_path, programs) / "status.txt").read_text()


def test_it_is_for_root_alone_and_not_half_written(sensor: Sensor, tmp_path: Path, programs: Path):
    unpacked(sensor, tmp_path, programs)
    assert (tmp_path / "out.tar.gz").stat().st_mode & 0o077 == 0
    done = sensor.run("report", "--output", str(tmp_path / "missing/out"), path=programs)
    assert (done.code, "could not be written" in done.err) == (1, True)
