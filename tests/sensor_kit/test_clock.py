import datetime as dt
from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.sensor_kit.clock import TIME_PATH, clock, is_right, telling, time_signer
from tests.support.sensor_kit.doors import Answer, Door
from tests.support.sensor_kit.enrolment import SigningPortal, assert_enrolled, enrol
from tests.support.sensor_kit.kit import KEY_PATH, Sensor, give
from tests.support.sensor_kit.renewal import RENEW_PATH, Base

AT_1970, AT_2020 = -20000, -2200


@pytest.fixture
def asking(sensor: Sensor, portal: Door, authority: Authority) -> Sensor:
    """A box that knows its portal, which tells the right time."""
    settings = sensor.directory / "sensor.conf"
    settings.write_text(f"{settings.read_text()}portal_url={portal.url}\n")
    now = dt.datetime.now(dt.UTC)
    portal.answers[TIME_PATH] = [telling(time_signer(authority, now), now)]
    return sensor


@pytest.mark.parametrize("days", [AT_1970, AT_2020])
def test_it_is_set_to_what_the_authority_signs(asking: Sensor, portal: Door, tmp_path: Path, days: int) -> None:
    path = clock(tmp_path, days)
    done = asking.run("clock", path=path)
    assert (done.code, is_right(path)) == (0, True), done.err
    assert "was wrong; it is set to" in done.out
    assert len({request.body for request in portal.to(TIME_PATH)}) == 1


def test_it_waits_for_the_signer(asking: Sensor, portal: Door, tmp_path: Path) -> None:
    portal.answers[TIME_PATH].insert(0, Answer(status=202))
    path = clock(tmp_path, AT_1970)
    assert (asking.run("clock", path=path).code, is_right(path)) == (0, True)


def test_a_clock_that_may_be_right_asks_nobody(asking: Sensor, portal: Door, tmp_path: Path) -> None:
    done = asking.run("clock", path=clock(tmp_path, 1))
    assert (done.code, done.out) == (0, "nothing speaks against this clock\n")
    assert not portal.requests


def test_what_a_time_server_has_set_is_not_set_again(asking: Sensor, portal: Door, tmp_path: Path) -> None:
    path = clock(tmp_path, AT_2020, synchronized=True)
    done = asking.run("clock", path=path)
    assert (done.code, is_right(path), portal.requests) == (21, False, [])
    assert "a time server has set it so" in done.err


def test_without_an_answer_it_says_what_to_do(asking: Sensor, portal: Door, tmp_path: Path) -> None:
    portal.answers[TIME_PATH] = [Answer(status=404)]
    path = clock(tmp_path, AT_2020)
    done = asking.run("clock", path=path)
    assert (done.code, is_right(path)) == (21, False)
    assert "status 404" in done.err
    assert "UDP 123" in done.err


def test_unlock_says_so_and_recovers(asking: Sensor, portal: Door, machines_door: Door, tmp_path: Path) -> None:
    asking.format()
    path = clock(tmp_path, AT_1970)
    told = portal.answers[TIME_PATH]
    portal.answers[TIME_PATH] = [Answer(status=404)]
    machines_door.answers[KEY_PATH] = [Answer(silent=0.01)]
    done = asking.run("unlock", "--test", "--once", path=path)
    assert (done.code, "clock is wrong" in done.err) == (21, True)
    portal.answers[TIME_PATH] = told
    machines_door.answers[KEY_PATH] = [Answer(silent=0.01), give(asking.key)]
    done = asking.run("unlock", "--test", "--wait", "20", path=path)
    assert (done.code, is_right(path)) == (0, True), done.err
    assert "clock was wrong; it is set to" in done.err


def test_a_renewal_says_so_and_recovers(
    asking: Sensor, machines_door: Door, authority: Authority, tmp_path: Path
) -> None:
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    path = clock(tmp_path, AT_2020)
    done = asking.run("renew", "--due", path=path)
    assert (done.code, is_right(path)) == (0, True), done.err
    assert "clock was wrong; it is set to" in done.err
    assert done.out.startswith("not due")


def test_an_enrolment_says_so_and_recovers(directory: Path, portal: Door, authority: Authority, tmp_path: Path) -> None:
    portal.answers["/api/v1/enrol"] = [SigningPortal(authority)]
    path = clock(tmp_path, AT_1970)
    done = enrol(directory, portal, path=path)
    assert (done.code, is_right(path)) == (0, True), done.err
    assert "clock was wrong; it is set to" in done.err
    assert_enrolled(directory)


def test_a_box_that_is_not_enrolled_takes_no_time_of_a_portal_that_it_does_not_trust(
    directory: Path, machines_door: Door, portal: Door, tmp_path: Path
) -> None:
    """The machines' door has a certificate of another authority than the one that was named."""
    path = clock(tmp_path, AT_1970)
    portal.url = portal.url.replace("127.0.0.1", "localhost")
    done = enrol(directory, portal, path=path)
    assert (done.code, is_right(path)) == (21, False)
    assert "would not be good at" in done.err
