"""A box that is enrolled anew has working files at each moment: all of before, or all of the new ones."""

from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Answer, Door, Request
from tests.support.sensor_kit.enrolment import ENROL_PATH, OPENVPN_CONFIG, SigningPortal, assert_enrolled, enrol, sign
from tests.support.sensor_kit.kit import Sensor, give, killing_program, wrap_program
from tests.support.sensor_kit.renewal import KEY_IN_PLACE, RENEW_PATH, Base, contents, cut_off, pair_belongs_together

NEW_ADDRESS = "10.88.0.77"
# Renames of an enrolment: key, request, sensor.conf and `complete` get their names, then six files their places.
MARKED, FIRST_IN_PLACE = 4, 5


class NewPortal(SigningPortal):
    """All that it sends differs from what the box has."""

    def __call__(self, request: Request) -> Answer:
        config = OPENVPN_CONFIG.replace("198.51.100.7", "198.51.100.8")
        return sign(self.authority, request, address=NEW_ADDRESS, openvpn_config=config)


def is_new(directory: Path) -> dict[str, bool]:
    """Of each file that differs between the two enrolments."""
    return {
        "sensor.conf": NEW_ADDRESS in (directory / "sensor.conf").read_text(),
        "client.conf": "198.51.100.8" in (directory / "client.conf").read_text(),
    }


def enrol_once(directory: Path, portal: Door, authority: Authority) -> dict[str, bytes]:
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority)]
    assert enrol(directory, portal).code == 0
    portal.answers[ENROL_PATH] = [NewPortal(authority=authority)]
    return contents(directory)


def enrol_again_cut_off(directory: Path, portal: Door, name: str, when: str, number: int) -> int:
    folder = directory.parent
    done = enrol(directory, portal, "--again", path=killing_program(folder, name, when, number))
    (folder / "programs" / "count").unlink(missing_ok=True)
    return done.code


def assert_all_of_one_enrolment(directory: Path, old: dict[str, bytes]) -> bool:
    """Whether it is the new one."""
    assert pair_belongs_together(directory)
    new = is_new(directory)
    assert len(set(new.values())) == 1, new
    for name in ("client.key", "client.crt"):
        assert ((directory / name).read_bytes() != old[name]) is new["sensor.conf"]
    return new["sensor.conf"]


@pytest.mark.parametrize(("name", "least"), [("mv", 20), ("rm", 4), ("sync", 20)])
def test_killed_anywhere_the_tunnels_start_makes_it_whole(
    tmp_path: Path, portal: Door, authority: Authority, name: str, least: int
) -> None:
    kills = 0
    for when in ("before", "after"):
        for number in range(1, 40):
            directory = tmp_path / f"{when}-{number}" / "sensor"
            directory.parent.mkdir()
            old = enrol_once(directory, portal, authority)
            if enrol_again_cut_off(directory, portal, name, when, number) == 0:
                break
            kills += 1
            wrap_program(directory.parent / "programs", name, 'exec $REAL "$@"')
            from_here = Sensor(directory=directory, disk=directory, key=b"")
            assert from_here.run("renew", "--finish").code == 0
            if not assert_all_of_one_enrolment(directory, old):
                assert enrol(directory, portal, "--again").code == 0
            assert assert_all_of_one_enrolment(directory, old)
            # Its removal may have been cut off too; then it is without its mark, and without its key.
            assert {path.name for path in (directory / "enrolment").glob("*")} <= {"answer", "client.csr", "head"}
    assert kills >= least


@pytest.fixture
def half_moved(sensor: Sensor, portal: Door, authority: Authority) -> Sensor:
    """An enrolled sensor with the new key beside the old certificate."""
    portal.answers[ENROL_PATH] = [NewPortal(authority=authority)]
    assert enrol_again_cut_off(sensor.directory, portal, "mv", "after", FIRST_IN_PLACE + 2) == -9
    assert not pair_belongs_together(sensor.directory), "or nothing is shown below"
    return sensor


@pytest.mark.parametrize(
    "command",
    [["renew", "--finish"], ["renew"], ["renew", "--due"], ["status"], ["unlock", "--test", "--once"]],
    ids=" ".join,
)
def test_whatever_comes_next_finishes_it_first(half_moved: Sensor, machines_door: Door, command: list[str]) -> None:
    machines_door.answers["/v1/disk-key"] = [give(half_moved.key)]
    half_moved.run(*command)
    assert pair_belongs_together(half_moved.directory)
    assert set(is_new(half_moved.directory).values()) == {True}
    assert not (half_moved.directory / "enrolment").exists()


def test_the_same_command_finishes_it_too_and_asks_for_nothing(half_moved: Sensor, portal: Door) -> None:
    asked = len(portal.requests)
    assert enrol(half_moved.directory, portal, "--again").code == 0
    assert len(portal.requests) == asked
    assert_enrolled(half_moved.directory)


def test_an_unmarked_folder_is_never_put_in_place(tmp_path: Path, portal: Door, authority: Authority) -> None:
    directory = tmp_path / "sensor"
    old = enrol_once(directory, portal, authority)
    assert enrol_again_cut_off(directory, portal, "mv", "before", MARKED) == -9
    assert (directory / "enrolment" / "client.conf").exists()
    assert Sensor(directory=directory, disk=directory, key=b"").run("renew", "--finish").code == 0
    assert contents(directory) == old


@pytest.mark.parametrize("what", ["a renewal that waits", "a torn renewal", "a pair on trial", "a torn way back"])
def test_a_renewal_of_before_takes_no_part_in_the_new_enrolment(
    sensor: Sensor, portal: Door, machines_door: Door, authority: Authority, what: str
) -> None:
    if what == "a renewal that waits":
        assert cut_off(sensor, machines_door, authority, "mv", "before", 4) == -9
    elif what == "a torn renewal":
        assert cut_off(sensor, machines_door, authority, "mv", "after", KEY_IN_PLACE) == -9
    else:
        machines_door.answers[RENEW_PATH] = [Base(authority)]
        assert sensor.run("renew").code == 0
    portal.answers[ENROL_PATH] = [NewPortal(authority=authority)]
    assert enrol_again_cut_off(sensor.directory, portal, "mv", "after", FIRST_IN_PLACE + 2) == -9
    if what == "a torn way back":
        (sensor.directory / "previous").mkdir()
        for name in ("client.key", "client.crt", "complete"):
            (sensor.directory / "previous" / name).write_text("of before")
    assert sensor.run("renew", "--finish").code == 0
    assert_enrolled(sensor.directory)
    assert set(is_new(sensor.directory).values()) == {True}
