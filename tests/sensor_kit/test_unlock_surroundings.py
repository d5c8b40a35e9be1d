from pathlib import Path

from tests.support.authority import Authority, make_authority
from tests.support.sensor_kit.doors import Door, open_door
from tests.support.sensor_kit.kit import KEY_PATH, Sensor, give, log_calls, run_kit, wrap_program, write_settings
from tests.support.sensor_kit.mapped import with_device_mapper


def test_a_server_of_another_authority_is_asked_nothing(tmp_path: Path, authority: Authority, sensor: Sensor) -> None:
    with open_door(tmp_path, make_authority("stranger")) as door:
        door.answers[KEY_PATH] = [give(sensor.key)]
        write_settings(sensor.directory, machines_door_url=door.url, disk_device=str(sensor.disk), tunnel_device="lo")
        done = sensor.run("unlock", "--test", "--once")
    assert done.code == 12
    assert "certificate" in done.err
    assert door.requests == []


def test_no_authority_but_ours_is_trusted(machines_door: Door, sensor: Sensor, tmp_path: Path) -> None:
    """Without --capath curl would take every authority of the system too, whatever --cacert says."""
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    programs = wrap_program(tmp_path / "programs", "curl", log_calls("curl") + '; exec $REAL "$@"')
    assert sensor.run("unlock", "--test", "--once", path=programs).code == 0
    calls = (tmp_path / "programs" / "calls").read_text().splitlines()
    assert len(calls) == 2
    for call in calls:
        assert f"--cacert {sensor.directory}/ca.crt --capath {sensor.directory}/no-other-authorities" in call
        assert "--interface if!lo" in call
    assert not (sensor.directory / "no-other-authorities").exists()


def test_a_door_that_does_not_take_our_certificate_is_no_answer(tmp_path: Path, sensor: Sensor) -> None:
    with open_door(tmp_path, make_authority("provider"), clients=make_authority("stranger")) as door:
        write_settings(sensor.directory, machines_door_url=door.url, disk_device=str(sensor.disk), tunnel_device="lo")
        assert sensor.run("unlock", "--test", "--once").code == 12
    assert door.requests == []


def test_a_tunnel_that_is_down_is_no_answer(machines_door: Door, sensor: Sensor) -> None:
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    write_settings(
        sensor.directory,
        machines_door_url=machines_door.url,
        disk_device=str(sensor.disk),
        tunnel_device="tun999",
    )
    assert sensor.run("unlock", "--test", "--once").code == 12
    assert machines_door.requests == []


def test_a_missing_disk_costs_no_release(machines_door: Door, sensor: Sensor) -> None:
    sensor.disk.unlink()
    assert sensor.run("unlock", "--test", "--once").code == 14
    assert machines_door.to(KEY_PATH) == []


def test_a_sensor_that_is_not_enrolled_says_so(tmp_path: Path) -> None:
    done = run_kit(tmp_path / "nothing", "unlock", "--once")
    assert done.code == 3
    assert "enrol this sensor first" in done.err


def test_what_a_person_set_for_curl_does_not_count(machines_door: Door, sensor: Sensor, tmp_path: Path) -> None:
    """A .curlrc, a proxy, or the variable that makes curl write its session secrets to a file."""
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    (tmp_path / ".curlrc").write_text(f"trace-ascii {tmp_path}/trace\n")
    environment = {
        "HOME": str(tmp_path),
        "SSLKEYLOGFILE": str(tmp_path / "secrets"),
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }
    assert sensor.run("unlock", "--test", "--once", environment=environment).code == 0
    assert not (tmp_path / "trace").exists()
    assert not (tmp_path / "secrets").exists()


def test_with_a_device_mapper_the_disk_is_opened_and_mounted(
    machines_door: Door, sensor: Sensor, tmp_path: Path
) -> None:
    """The programs that need a device mapper are stand-ins; what they are asked for is what counts."""
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    programs = with_device_mapper(tmp_path, "ext4")
    wrap_program(programs, "mount", log_calls("mount"))
    write_settings(
        sensor.directory,
        machines_door_url=machines_door.url,
        disk_device=str(sensor.disk),
        disk_mapper="nsm-test-only",
        mount_point="/nonexistent/nsm",
        tunnel_device="lo",
    )
    done = sensor.run("unlock", "--once", path=programs)
    assert done.code == 0, done.err
    assert (programs / "eaten").read_bytes() == sensor.key
    assert (programs / "calls").read_text().splitlines() == [
        f"cryptsetup open --type luks --key-file=- --keyfile-size 64 {sensor.disk} nsm-test-only ",
        "mount /dev/mapper/nsm-test-only /nonexistent/nsm ",
    ]
    wrap_program(programs, "mount", "exit 32")
    assert sensor.run("unlock", "--once", path=programs).code == 18


def test_without_a_device_mapper_it_says_what_is_still_possible(
    machines_door: Door, sensor: Sensor, tmp_path: Path
) -> None:
    programs = wrap_program(tmp_path / "programs", "dmsetup", "exit 1")
    done = sensor.run("unlock", "--once", path=programs)
    assert done.code == 1
    assert "no device mapper" in done.err
    assert "--test" in done.err
    assert machines_door.to(KEY_PATH) == []
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    done = sensor.run("unlock", "--once", "--test", path=programs)
    assert done.code == 0
    assert "the key opens the volume; this kernel has no device mapper, so nothing is mapped" in done.out
