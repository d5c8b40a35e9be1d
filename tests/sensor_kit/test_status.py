import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.authority import Authority
from tests.support.sensor_kit.clock import DAY, clock
from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.kit import SUBJECT, Sensor, give, problem, wrap_program


def status(sensor: Sensor, path: Path | None = None) -> dict[str, Any]:
    done = sensor.run("status", "--json", path=path)
    assert done.code == 0, done.err
    report: dict[str, Any] = json.loads(done.out)
    return report


def test_it_tells_what_can_be_seen(sensor: Sensor) -> None:
    sensor.format()
    report = status(sensor)
    assert report["subject"] == SUBJECT
    assert (report["tunnel"], report["tunnel_device"], report["address"]) == ("up", "lo", "127.0.0.1")
    assert report["certificate_days"] == 89
    assert report["certificate_ends"].endswith("Z")
    assert (report["disk"], report["disk_device"]) == ("locked", str(sensor.disk))
    assert report["last_unlock"] == {"at": None, "exit_code": None, "text": None}


@pytest.mark.parametrize(("days", "state"), [(90, "good"), (14, "due"), (-1, "ended")])
def test_it_tells_when_the_certificate_is_to_be_renewed(
    sensor: Sensor, authority: Authority, days: int, state: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (sensor.directory / "client.crt").write_text(authority.certify(SUBJECT, key.public_key(), days=days))
    report = status(sensor)
    assert report["certificate_state"] == state
    begin, end = (time.time() - 30 * DAY, time.time() + days * DAY - 3600)
    due = datetime.fromisoformat(report["renewal_due"]).timestamp()
    assert abs(due - (begin + (end - begin) * 2 / 3)) < 60
    assert (report["renewal_on_trial"], report["last_renewal"]["at"]) == (False, None)
    words = {"good": f"due from {report['renewal_due']} on", "due": "due since", "ended": "needs a new code"}
    assert words[state] in sensor.run("status").out


def test_a_clock_that_is_wrong_is_told(sensor: Sensor, tmp_path: Path) -> None:
    report = status(sensor, clock(tmp_path, -20000))
    assert report["certificate_state"] == "early"
    assert "clock is wrong" in sensor.run("status", path=clock(tmp_path, -20000)).out


def test_hostile_words_in_the_last_renewal_stay_json(sensor: Sensor) -> None:
    (sensor.directory / "last-renewal").write_bytes(b'2026-01-01T00:00:00Z 19 a"b\\c\x1b[2J\xff\n')
    assert status(sensor)["last_renewal"]["text"] == 'a"b\\c[2J'


@pytest.mark.parametrize("left", ["", "2026-01-", "2026-01-01T00:00:00Z", "\0\0\0\n", "a b c\n"])
def test_half_a_word_on_the_last_renewal_is_none(sensor: Sensor, left: str) -> None:
    (sensor.directory / "last-renewal").write_text(left)
    assert status(sensor)["last_renewal"] == {"at": None, "exit_code": None, "text": None}


def test_the_last_unlock_is_told(machines_door: Door, sensor: Sensor) -> None:
    sensor.format()
    machines_door.answers["/v1/disk-key"] = [problem(403, "case-open"), give(sensor.key)]
    sensor.run("unlock", "--test", "--once")
    last = status(sensor)["last_unlock"]
    assert last["exit_code"] == 10
    assert last["text"] == "base refused the disk key (case-open)"
    sensor.run("unlock", "--test", "--once")
    assert status(sensor)["last_unlock"]["exit_code"] == 0


def test_a_disk_is_absent_unformatted_or_locked(sensor: Sensor) -> None:
    assert status(sensor)["disk"] == "unformatted"
    sensor.format()
    assert status(sensor)["disk"] == "locked"
    sensor.disk.unlink()
    assert status(sensor)["disk"] == "absent"


def test_a_tunnel_that_is_down_has_no_address(sensor: Sensor) -> None:
    settings = sensor.directory / "sensor.conf"
    settings.write_text(settings.read_text().replace("tunnel_device=lo", "tunnel_device=tun999"))
    report = status(sensor)
    assert (report["tunnel"], report["address"]) == ("down", None)


@pytest.mark.parametrize(("days", "left"), [(1, 0), (-1, -2), (-29, -30)])
def test_an_expired_certificate_has_days_below_zero(sensor: Sensor, authority: Authority, days: int, left: int) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (sensor.directory / "client.crt").write_text(authority.certify(SUBJECT, key.public_key(), days=days))
    assert status(sensor)["certificate_days"] == left


def test_hostile_words_in_the_last_result_stay_json(sensor: Sensor) -> None:
    (sensor.directory / "last-unlock").write_bytes(b'2026-01-01T00:00:00Z 12 a"b\\c\x1b[2J\xff\n')
    assert status(sensor)["last_unlock"]["text"] == 'a"b\\c[2J'


def test_people_get_the_same_in_words(sensor: Sensor) -> None:
    done = sensor.run("status")
    assert done.code == 0
    assert f"sensor       {SUBJECT}" in done.out
    assert "tunnel       up, 127.0.0.1 on lo" in done.out
    assert "last unlock  never tried" in done.out


def test_it_asks_base_nothing(machines_door: Door, sensor: Sensor, tmp_path: Path) -> None:
    programs = wrap_program(tmp_path / "programs", "curl", f"touch {tmp_path}/asked")
    status(sensor, programs)
    assert not (tmp_path / "asked").exists()
    assert machines_door.requests == []


def test_it_needs_no_key_to_be_readable(sensor: Sensor) -> None:
    (sensor.directory / "client.key").unlink()
    (sensor.directory / "client.crt").write_text("nonsense")
    report = status(sensor)
    assert (report["certificate_ends"], report["certificate_days"]) == (None, None)
    assert (report["certificate_state"], report["renewal_due"]) == ("missing", None)
