import os
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.support.authority import Authority
from tests.support.sensor_kit.clock import DAY, clock
from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.kit import SUBJECT, Sensor
from tests.support.sensor_kit.renewal import RENEW_PATH, Base, assert_renewed, contents


def give_certificate(sensor: Sensor, authority: Authority, *, days: int, placed: float = 30) -> None:
    """One that began 30 days ago, ends in so many days, and was put in place so many days ago."""
    key = serialization.load_pem_private_key((sensor.directory / "client.key").read_bytes(), None)
    certificate = sensor.directory / "client.crt"
    certificate.write_text(authority.certify(SUBJECT, key.public_key(), days=days))
    age_file(certificate, placed)


def age_file(path: Path, days: float) -> None:
    os.utime(path, (time.time() - days * DAY,) * 2)


# Two thirds of 44 days are 29.3, of 46 days 30.7; an hour less in both.
@pytest.mark.parametrize("days", [14, 1])
def test_it_renews_once_two_thirds_of_the_life_are_over(
    sensor: Sensor, machines_door: Door, authority: Authority, days: int
) -> None:
    give_certificate(sensor, authority, days=days)
    before = contents(sensor.directory)
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    done = sensor.run("renew", "--due")
    assert done.code == 0, done.err
    assert_renewed(sensor, before)
    again = sensor.run("renew", "--due")
    assert (again.code, len(machines_door.requests)) == (0, 1)
    assert again.out.startswith("not due: ")


@pytest.mark.parametrize("days", [16, 90])
def test_before_that_it_says_in_one_line_when_and_asks_nothing(
    sensor: Sensor, machines_door: Door, authority: Authority, days: int
) -> None:
    give_certificate(sensor, authority, days=days)
    before = contents(sensor.directory)
    done = sensor.run("renew", "--due")
    assert (done.code, done.err) == (0, "")
    (line,) = done.out.splitlines()
    begin, life = time.time() - 30 * DAY, (30 + days) * DAY - 3600
    # The certificate was made some seconds ago at most.
    expected = [time.strftime("%Y-%m-%dT%H:%M", time.gmtime(begin + life * 2 / 3 - late)) for late in (0, 60)]
    assert any(f"is renewed from {moment}" in line for moment in expected), line
    assert contents(sensor.directory) == before
    assert machines_door.requests == []
    assert not (sensor.directory / "renewal").exists()


def test_a_certificate_that_has_ended_asks_for_a_person_with_a_new_code(
    sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    give_certificate(sensor, authority, days=-1)
    done = sensor.run("renew", "--due")
    assert done.code == 20
    assert "needs a new code, for nsm-sensor enrol --again" in done.err
    assert machines_door.requests == []


@pytest.mark.parametrize("days_ahead", [-31, -20000, -40000], ids=["before it began", "1971", "before 1970"])
def test_a_clock_before_the_certificates_begin_is_told_and_nothing_is_renewed(
    sensor: Sensor, machines_door: Door, authority: Authority, tmp_path: Path, days_ahead: int
) -> None:
    give_certificate(sensor, authority, days=1)
    done = sensor.run("renew", "--due", path=clock(tmp_path, days_ahead))
    assert done.code == 21
    assert "clock is wrong" in done.err
    assert machines_door.requests == []


@pytest.mark.parametrize(("days_ahead", "code"), [(100, 20), (400, 21), (40000, 21)])
def test_a_clock_past_the_authoritys_end_is_not_taken_for_a_certificate_that_has_ended(
    sensor: Sensor, tmp_path: Path, days_ahead: int, code: int
) -> None:
    done = sensor.run("renew", "--due", path=clock(tmp_path, days_ahead))
    assert done.code == code, done.err
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) == 1


def test_a_clock_that_runs_ahead_costs_base_one_certificate_a_week(
    sensor: Sensor, machines_door: Door, authority: Authority, tmp_path: Path
) -> None:
    """To such a clock each new certificate is two months old at once."""
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    ahead = clock(tmp_path, 70)
    certificate = sensor.directory / "client.crt"
    age_file(certificate, -60)
    assert sensor.run("renew", "--due", path=ahead).code == 0
    for day in (0, 1, 6.9):
        age_file(certificate, day - 70)
        done = sensor.run("renew", "--due", path=ahead)
        assert done.code == 21
        assert "clock is wrong" in done.err
    assert len(machines_door.requests) == 1
    age_file(certificate, 7.1 - 70)
    assert sensor.run("renew", "--due", path=ahead).code == 0
    assert len(machines_door.requests) == 2


def test_a_file_of_tomorrow_keeps_no_box_from_its_renewal(
    sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    """A clock that ran ahead when the certificate came and is right now."""
    give_certificate(sensor, authority, days=10, placed=-50)
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    assert sensor.run("renew", "--due").code == 0
    assert len(machines_door.requests) == 1


@pytest.mark.parametrize("text", ["", "nonsense", None])
def test_a_certificate_that_cannot_be_read_is_exit_code_3(
    sensor: Sensor, machines_door: Door, text: str | None
) -> None:
    certificate = sensor.directory / "client.crt"
    certificate.unlink() if text is None else certificate.write_text(text)
    done = sensor.run("renew", "--due")
    assert done.code == 3
    assert "enrol first" in done.err
    assert machines_door.requests == []


def test_what_was_interrupted_is_finished_and_is_not_due_then(torn: Sensor, machines_door: Door) -> None:
    done = torn.run("renew", "--due")
    assert done.code == 0, done.err
    assert done.out.startswith("not due: ")
    assert not (torn.directory / "renewal").exists()
    assert len(machines_door.to(RENEW_PATH)) == 1
