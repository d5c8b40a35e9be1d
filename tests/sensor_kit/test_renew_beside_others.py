import subprocess
from pathlib import Path

import pytest

from lab.waiting import wait_until
from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Answer, Door
from tests.support.sensor_kit.enrolment import ENROL_PATH, SigningPortal, assert_enrolled, enrol
from tests.support.sensor_kit.kit import NSM_SENSOR, Sensor, kit_environment, wrap_program
from tests.support.sensor_kit.renewal import (
    CERTIFICATE_NAMED,
    KEY_IN_PLACE,
    MARKED,
    RENEW_PATH,
    Base,
    assert_renewed,
    contents,
    csr_of,
    cut_off,
    pair_belongs_together,
)
from tests.support.sensor_kit.search import is_pausing


def test_two_that_finish_at_once_both_end_well(torn: Sensor, tmp_path: Path) -> None:
    """The tunnel's start and a person: here one has all done while the other waits for the lock."""
    other = f"PATH=/usr/bin:/bin {NSM_SENSOR} --directory {torn.directory} renew --finish || exit 1"
    programs = wrap_program(tmp_path / "slow", "flock", f'{other}\nexec $REAL "$@"')
    done = torn.run("renew", "--finish", path=programs)
    assert done.code == 0, done.err
    assert pair_belongs_together(torn.directory)


def test_of_two_that_finish_one_moves_and_one_waits(torn: Sensor, tmp_path: Path) -> None:
    """Here the second begins while the first is about to move what it has seen; 9 is the first's lock."""
    other = f"PATH=/usr/bin:/bin {NSM_SENSOR} --directory {torn.directory} renew --finish"
    begin = f"{{ {other} >/dev/null 2>&1; echo $? >{tmp_path}/other; }} 9<&- &\nsleep 1"
    script = f'[ -e {tmp_path}/begun ] || {{ touch {tmp_path}/begun; {begin}; }}\nexec $REAL "$@"'
    done = torn.run("renew", "--finish", path=wrap_program(tmp_path / "slow", "mv", script))
    assert done.code == 0, done.err
    wait_until((tmp_path / "other").exists, what="the second to end", timeout=20)
    wait_until((tmp_path / "other").read_text, what="its status", timeout=10)
    assert (tmp_path / "other").read_text() == "0\n"
    assert pair_belongs_together(torn.directory)


def test_a_renewal_killed_while_base_is_silent_does_not_lock_out_the_next(
    sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    """curl outlives it."""
    machines_door.answers[RENEW_PATH] = [Answer(silent=8), Base(authority)]
    command = [str(NSM_SENSOR), "--directory", str(sensor.directory), "renew"]
    with subprocess.Popen(command, env=kit_environment(), stderr=subprocess.DEVNULL) as first:
        machines_door.wait_for_a_request()
        first.kill()
        first.wait()
        done = sensor.run("renew")
    assert done.code == 0, done.err


def test_two_renewals_at_once_do_not_meet(sensor: Sensor, machines_door: Door, authority: Authority) -> None:
    machines_door.answers[RENEW_PATH] = [Base(authority, waits=2)]
    before = contents(sensor.directory)
    command = [str(NSM_SENSOR), "--directory", str(sensor.directory), "renew"]
    with subprocess.Popen(command, env=kit_environment(), stderr=subprocess.DEVNULL) as first:
        machines_door.wait_for_a_request()
        second = sensor.run("renew")
        assert second.code == 1
        assert "under way" in second.err
        assert first.wait(20) == 0
    assert_renewed(sensor, before)


def test_a_renewal_killed_while_it_waits_does_not_lock_out_the_next(
    sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    """The sleep that it leaves behind must not hold its lock."""
    machines_door.answers[RENEW_PATH] = [Base(authority, waits=1)]
    before = contents(sensor.directory)
    command = [str(NSM_SENSOR), "--directory", str(sensor.directory), "renew"]
    with subprocess.Popen(command, env=kit_environment(), stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        assert "asking again" in first.stderr.readline()
        wait_until(lambda: is_pausing(first.pid), what="its sleep", timeout=10)
        first.kill()
        first.wait()
        done = sensor.run("renew")
    assert done.code == 0, done.err
    assert len({csr_of(request) for request in machines_door.requests}) == 1
    assert_renewed(sensor, before)


@pytest.mark.parametrize("number", [CERTIFICATE_NAMED, MARKED, KEY_IN_PLACE])
def test_enrolling_anew_ends_a_renewal_under_way(
    directory: Path, portal: Door, sensor: Sensor, machines_door: Door, authority: Authority, number: int
) -> None:
    """Its key was made for the certificate before, and must not come back over the new one."""
    assert cut_off(sensor, machines_door, authority, "mv", "after", number) == -9
    renewed = (sensor.directory / "renewal" / "client.crt").read_bytes()
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority)]
    done = enrol(directory, portal, "--again")
    assert done.code == 0, done.err
    assert_enrolled(directory)
    assert sensor.run("renew", "--finish").code == 0
    assert (directory / "client.crt").read_bytes() != renewed
