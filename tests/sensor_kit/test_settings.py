from pathlib import Path

import pytest

from tests.support.sensor_kit.kit import Sensor, run_kit, write_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("portal_url", "http://portal.example"),
        ("portal_url", "https://portal.example/ -o /etc/passwd"),
        ("machines_door_url", "https://$(reboot)"),
        ("machines_door_url", "file:///etc/shadow"),
        ("machines_door_url", "--config"),
        ("subject", "s-../../etc"),
        ("subject", "g-abcdefghij27"),
        ("address", "10.88.0"),
        ("tunnel_device", "tun0;reboot"),
        ("tunnel_device", "a-name-that-is-too-long"),
        ("disk_device", "--test-passphrase"),
        ("disk_device", "sdb"),
        ("disk_device", "/dev/../etc/shadow"),
        ("disk_device", "/dev/sdb /dev/sdc"),
        ("disk_uuid", "14616235-6d9e-4e31-b7a1-c8f7d6bf2ae"),
        ("disk_uuid", "14616235-6d9e-4e31-b7a1-$(reboot);;;;"),
        ("disk_mapper", "-rf"),
        ("disk_mapper", "../../etc/x"),
        ("mount_point", "/nsm`reboot`"),
        ("no_such_setting", "its-value"),
        ("PATH", "/evil/programs"),
        ("", ""),
    ],
)
def test_a_malformed_setting_stops_everything(sensor: Sensor, name: str, value: str) -> None:
    with (sensor.directory / "sensor.conf").open("a") as settings:
        settings.write(f"{name}={value}\n")
    for command in ("unlock", "format-disk", "status", "renew"):
        done = sensor.run(command)
        assert done.code == 3
        assert "line 5" in done.err
        said = done.err.replace(str(sensor.directory), "")  # which is a random name
        assert not value or value not in said


def test_the_settings_are_never_run(sensor: Sensor, tmp_path: Path) -> None:
    mark = tmp_path / "run"
    for line in (f"touch {mark}", f"disk_device=/dev/sdb$(touch {mark})", f"x=`touch {mark}`", f". {mark}"):
        (sensor.directory / "sensor.conf").write_text(line + "\n")
        assert sensor.run("status").code == 3
    assert not mark.exists()


def test_comments_and_blank_lines_are_passed_over(sensor: Sensor) -> None:
    (sensor.directory / "sensor.conf").write_text("# one\n\nsubject=s-abcdefghij27")
    done = sensor.run("status")
    assert done.code == 0, done.err
    assert "s-abcdefghij27" in done.out


def test_a_well_formed_setting_of_each_name_is_taken(sensor: Sensor) -> None:
    write_settings(
        sensor.directory,
        portal_url="https://portal.example:8443/nsm",
        machines_door_url="https://[fd00::1]:8443",
        subject="s-abcdefghij27",
        address="10.88.255.254",
        tunnel_device="tun12",
        disk_uuid="14616235-6d9e-4e31-b7a1-c8f7d6bf2ae2",
        disk_device="/dev/disk/by-id/nvme-eui.0025385b21404321-part1",
        disk_mapper="nsm_1",
        mount_point="/nsm",
    )
    assert sensor.run("status").code == 0


@pytest.mark.parametrize("directory", ["relative", "/tmp/a b", "/tmp/../etc", "/"])
def test_a_strange_directory_is_refused(directory: str) -> None:
    assert run_kit(Path(directory), "status").code == 2


def test_the_directory_may_come_from_the_environment(sensor: Sensor) -> None:
    done = run_kit(Path("/nonexistent"), "status", environment={"NSM_SENSOR_DIR": str(sensor.directory)})
    assert done.code == 3, "the option wins"
