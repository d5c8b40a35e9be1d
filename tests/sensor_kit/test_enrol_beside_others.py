import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.waiting import wait_until
from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Answer, Door
from tests.support.sensor_kit.enrolment import CODE, ENROL_PATH, SigningPortal, arguments_for, assert_enrolled, enrol
from tests.support.sensor_kit.kit import NSM_SENSOR, Sensor, kit_environment
from tests.support.sensor_kit.renewal import RENEW_PATH, Base, assert_renewed, contents
from tests.support.sensor_kit.search import is_pausing


@contextmanager
def under_way(door: Door, directory: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A command of the kit that has asked its door and waits."""
    command = [str(NSM_SENSOR), "--directory", str(directory), *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=kit_environment(), text=True
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(CODE + "\n")
        process.stdin.close()
        assert "asking again" in process.stderr.readline()
        yield process


def test_two_enrolments_at_once_do_not_meet(directory: Path, portal: Door, authority: Authority) -> None:
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority, waits=2)]
    with under_way(portal, directory, *arguments_for(directory, portal)) as first:
        second = enrol(directory, portal)
        assert second.code == 1
        assert "under way" in second.err
        assert first.wait(20) == 0
    assert len({request.body for request in portal.requests}) == 1
    assert_enrolled(directory)


def test_an_enrolment_and_a_renewal_at_once_do_not_meet(
    portal: Door, sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    before = contents(sensor.directory)
    machines_door.answers[RENEW_PATH] = [Base(authority, waits=2)]
    with under_way(machines_door, sensor.directory, "renew") as renewal:
        second = enrol(sensor.directory, portal, "--again")
        assert second.code == 1
        assert "under way" in second.err
        assert renewal.wait(20) == 0
    assert portal.requests == []
    assert_renewed(sensor, before)


@pytest.mark.parametrize("option", [[], ["--due"], ["--prove"]], ids=str)
def test_a_renewal_and_an_enrolment_at_once_do_not_meet(
    portal: Door, sensor: Sensor, machines_door: Door, authority: Authority, option: list[str]
) -> None:
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority, waits=2)]
    arguments = arguments_for(sensor.directory, portal)
    with under_way(portal, sensor.directory, *arguments, "--again") as enrolment:
        second = sensor.run("renew", *option)
        assert second.code == 1
        assert "under way" in second.err
        assert enrolment.wait(20) == 0
    assert machines_door.requests == []
    assert_enrolled(sensor.directory)


def test_the_tunnel_starts_while_an_enrolment_waits(portal: Door, torn: Sensor, authority: Authority) -> None:
    """Finishing is not kept waiting by the lock of those that ask."""
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority, waits=2)]
    with under_way(portal, torn.directory, *arguments_for(torn.directory, portal), "--again") as enrolment:
        assert torn.run("renew", "--finish").code == 0
        assert enrolment.poll() is None, "it still waits"
        assert not (torn.directory / "renewal").exists()
        assert enrolment.wait(20) == 0
    assert_enrolled(torn.directory)


def test_an_enrolment_killed_while_it_waits_does_not_lock_out_the_next(
    directory: Path, portal: Door, authority: Authority
) -> None:
    """The sleep that it leaves behind must not hold its lock."""
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority, waits=1)]
    with under_way(portal, directory, *arguments_for(directory, portal)) as first:
        wait_until(lambda: is_pausing(first.pid), what="its sleep", timeout=10)
        first.kill()
        first.wait()
        done = enrol(directory, portal)
    assert done.code == 0, done.err
    assert_enrolled(directory)


def test_an_enrolment_killed_while_the_portal_is_silent_does_not_lock_out_the_next(
    directory: Path, portal: Door, authority: Authority
) -> None:
    """curl outlives it."""
    portal.answers[ENROL_PATH] = [Answer(silent=8), SigningPortal(authority=authority)]
    command = [str(NSM_SENSOR), "--directory", str(directory), *arguments_for(directory, portal)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kit_environment(), text=True
    ) as first:
        assert first.stdin is not None
        first.stdin.write(CODE + "\n")
        first.stdin.close()
        portal.wait_for_a_request()
        first.kill()
        first.wait()
        done = enrol(directory, portal)
    assert done.code == 0, done.err
    assert_enrolled(directory)


def test_a_folder_that_cannot_be_written_is_told(directory: Path, portal: Door) -> None:
    (directory / "lock").mkdir(parents=True)
    (directory / "lock").rmdir()
    (directory / "lock").symlink_to("/proc/nothing/there")
    done = enrol(directory, portal)
    assert done.code == 1
    assert "cannot write in" in done.err
    assert portal.requests == []
