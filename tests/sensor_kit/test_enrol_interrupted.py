import subprocess
from pathlib import Path

from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.enrolment import CODE, ENROL_PATH, SigningPortal, arguments_for, assert_enrolled, enrol
from tests.support.sensor_kit.kit import NSM_SENSOR, killing_program, kit_environment


def test_it_goes_on_after_a_kill_while_it_waits(directory: Path, portal: Door, authority: Authority) -> None:
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority, waits=1)]
    command = [str(NSM_SENSOR), "--directory", str(directory), *arguments_for(directory, portal)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kit_environment(), text=True
    )
    assert process.stdin is not None
    process.stdin.write(CODE + "\n")
    process.stdin.close()
    portal.wait_for_a_request()
    process.kill()
    process.wait()
    assert enrol(directory, portal).code == 0
    assert len({request.body for request in portal.requests}) == 1
    assert_enrolled(directory)


def test_it_goes_on_after_a_kill_at_any_change_of_a_file(tmp_path: Path, portal: Door, authority: Authority) -> None:
    """Killed before and after each rename, then run again: always enrolled, always with the key that was asked for."""
    kills = 0
    for when in ("before", "after"):
        for number in range(1, 30):
            directory = tmp_path / f"{when}-{number}"
            portal.answers[ENROL_PATH] = [SigningPortal(authority=authority)]
            portal.requests.clear()
            killed = enrol(directory, portal, path=killing_program(tmp_path, "mv", when, number))
            (tmp_path / "programs" / "count").unlink(missing_ok=True)
            if killed.code == 0:
                break
            kills += 1
            assert killed.code == -9
            done = enrol(directory, portal)
            assert done.code == 0, (when, number, done.err)
            assert len({request.body for request in portal.requests}) == 1
            assert_enrolled(directory)
    assert kills >= 18
