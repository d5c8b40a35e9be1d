import shutil
import subprocess
import time
from pathlib import Path

import pytest

from lab.waiting import wait_until
from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.kit import (
    KEY_PATH,
    LUKS_OPTIONS,
    NSM_SENSOR,
    Sensor,
    give,
    kit_environment,
    wrap_program,
    write_settings,
)
from tests.support.sensor_kit.mapped import plug_in, uuid_of, with_device_mapper


@pytest.fixture
def programs(tmp_path: Path, sensor: Sensor, machines_door: Door) -> Path:
    """Of a box whose disk was formatted, is known by its UUID, and is not plugged in."""
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    write_settings(
        sensor.directory,
        machines_door_url=machines_door.url,
        disk_uuid=uuid_of(sensor.disk),
        disk_mapper="nsm-test-only",
        mount_point="/nonexistent/nsm",
        tunnel_device="lo",
    )
    programs = with_device_mapper(tmp_path, "ext4")
    return wrap_program(programs, "mount", 'echo mounted >>"${0%/*}/calls"')


def opened(programs: Path) -> str:
    calls = programs / "calls"
    lines = calls.read_text().splitlines() if calls.exists() else []
    return next((line.split()[7] for line in lines if line.startswith("cryptsetup open")), "")


@pytest.mark.parametrize("names", [("sda", "sdb"), ("sdb", "sda"), ("nvme0n1", "md127"), ("dm-7", "sda1")])
def test_the_disk_is_found_whatever_the_kernel_calls_it(programs: Path, sensor: Sensor, names: tuple[str, str]) -> None:
    """Beside another encrypted volume, in either order."""
    other = sensor.directory.parent / "other.img"
    other.write_bytes(bytes(24 * 1024 * 1024))
    subprocess.run(["cryptsetup", "luksFormat", *LUKS_OPTIONS, "--key-file=-", other], input=b"k" * 64, check=True)
    plug_in(programs, other, names[0])
    plug_in(programs, sensor.disk, names[1])
    done = sensor.run("unlock", "--once", path=programs)
    assert done.code == 0, done.err
    assert opened(programs) == str(sensor.disk)


def test_a_disk_that_is_not_there_is_named_and_costs_no_release(
    programs: Path, sensor: Sensor, machines_door: Door
) -> None:
    done = sensor.run("unlock", "--once", path=programs)
    assert done.code == 14
    assert f"no disk with the LUKS UUID {uuid_of(sensor.disk)}" in done.err
    assert machines_door.to(KEY_PATH) == []


def test_a_disk_that_comes_late_is_waited_for(programs: Path, sensor: Sensor, machines_door: Door) -> None:
    process = subprocess.Popen(
        [NSM_SENSOR, "--directory", sensor.directory, "unlock"],
        env=kit_environment(programs),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_until(lambda: (sensor.directory / "last-unlock").exists(), what="the first try", timeout=20)
    time.sleep(1)
    assert process.poll() is None
    plug_in(programs, sensor.disk, "sdc")
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert "trying again in about 1 s" in output
    assert opened(programs) == str(sensor.disk)


def test_no_failure_is_final_at_boot(programs: Path, sensor: Sensor, machines_door: Door) -> None:
    """cryptsetup fails, then mount fails, then all is well."""
    plug_in(programs, sensor.disk, "sdc")
    for name, real in (("cryptsetup", (programs / "cryptsetup").read_text()), ("mount", "#!/bin/sh\n:")):
        (programs / name).write_text(
            real.replace("\n", f'\n[ -e {programs}/{name}-failed ] || case "$*" in *nsm-test-only*) '
                         f"touch {programs}/{name}-failed; exit 4 ;; esac\n", 1)
        )  # fmt: skip
        (programs / name).chmod(0o755)
    done = sensor.run("unlock", path=programs)
    assert done.code == 0, done.err
    assert "cryptsetup failed" in done.err
    assert "could not be mounted" in done.err
    assert (programs / "mount-failed").exists()


def test_of_two_disks_with_one_uuid_none_is_opened(programs: Path, sensor: Sensor, machines_door: Door) -> None:
    copy = sensor.directory.parent / "copy.img"
    shutil.copy(sensor.disk, copy)
    plug_in(programs, sensor.disk, "sda")
    plug_in(programs, copy, "sdb")
    done = sensor.run("unlock", "--once", path=programs)
    assert done.code == 23
    assert "one is a copy" in done.err
    assert machines_door.to(KEY_PATH) == []


def test_a_box_that_knows_a_path_alone_goes_on_and_knows_the_uuid_afterwards(
    programs: Path, sensor: Sensor, machines_door: Door
) -> None:
    write_settings(
        sensor.directory,
        machines_door_url=machines_door.url,
        disk_device=str(sensor.disk),
        mount_point="/nonexistent/nsm",
        tunnel_device="lo",
    )
    assert sensor.run("unlock", "--once", path=programs).code == 0
    settings = (sensor.directory / "sensor.conf").read_text()
    assert f"disk_uuid={uuid_of(sensor.disk)}\n" in settings
    assert "mount_point=/nonexistent/nsm\n" in settings
    assert f"machines_door_url={machines_door.url}\n" in settings


def test_an_older_kits_disk_with_another_name_by_now_is_known_by_its_label(
    programs: Path, sensor: Sensor, machines_door: Door
) -> None:
    subprocess.run(["cryptsetup", "config", "--label", "nsm", sensor.disk], check=True)
    write_settings(
        sensor.directory, machines_door_url=machines_door.url, disk_device="/dev/nonexistent", tunnel_device="lo"
    )
    assert sensor.run("unlock", "--once", path=programs).code == 14
    plug_in(programs, sensor.disk, "sdx")
    assert sensor.run("unlock", "--once", path=programs).code == 0
    assert f"disk_uuid={uuid_of(sensor.disk)}\n" in (sensor.directory / "sensor.conf").read_text()


def test_an_open_disk_without_a_file_system_is_closed_again_and_said(programs: Path, sensor: Sensor) -> None:
    """systemd would wait for it for ever, while box and portal said "open"."""
    plug_in(programs, sensor.disk, "sda")
    (programs / "content").unlink()
    done = sensor.run("unlock", "--once", path=programs)
    assert done.code == 22
    assert "format-disk again" in done.err
    calls = (programs / "calls").read_text()
    assert "mounted" not in calls
    assert "cryptsetup close nsm-test-only" in calls
