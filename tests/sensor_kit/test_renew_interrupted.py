from pathlib import Path

import pytest

from tests.support.authority import Authority, make_authority
from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.kit import KIT, Sensor, give, log_calls, make_sensor, wrap_program
from tests.support.sensor_kit.renewal import (
    CERTIFICATE_NAMED,
    MARKED,
    RENEW_PATH,
    Base,
    assert_renewed,
    contents,
    csr_of,
    cut_off,
    pair_belongs_together,
)


@pytest.mark.parametrize(("name", "least"), [("mv", 14), ("rm", 8), ("ln", 4), ("sync", 20)])
def test_killed_anywhere_the_tunnel_starts_with_a_pair_and_the_next_renewal_ends_well(
    tmp_path: Path, machines_door: Door, authority: Authority, name: str, least: int
) -> None:
    kills = 0
    for when in ("before", "after"):
        for number in range(1, 30):
            folder = tmp_path / f"{when}-{number}"
            folder.mkdir()
            sensor = make_sensor(folder, authority, machines_door.url)
            before = contents(sensor.directory)
            machines_door.requests.clear()
            if cut_off(sensor, machines_door, authority, name, when, number) == 0:
                break
            kills += 1
            assert sensor.run("renew", "--finish").code == 0
            assert pair_belongs_together(sensor.directory), (when, number)
            if contents(sensor.directory) == before:
                done = sensor.run("renew")
                assert done.code == 0, (when, number, done.err)
                assert len({csr_of(request) for request in machines_door.requests}) == 1
            assert_renewed(sensor, before)
    assert kills >= least


@pytest.mark.parametrize(
    "command",
    [["renew", "--finish"], ["renew"], ["status"], ["unlock", "--test", "--once"], ["format-disk"]],
    ids=" ".join,
)
def test_whatever_comes_next_finishes_it_first(torn: Sensor, machines_door: Door, command: list[str]) -> None:
    before = contents(torn.directory)
    machines_door.answers["/v1/disk-key"] = [give(torn.key)]
    done = torn.run(*command)
    assert "finished" in done.out + done.err
    after = contents(torn.directory)
    assert pair_belongs_together(torn.directory)
    assert after["client.key"] == before["client.key"]
    assert not (torn.directory / "renewal").exists()
    assert len(machines_door.to(RENEW_PATH)) == 1, "what was finished is not asked for again"


def test_the_tunnel_finishes_it_before_openvpn_reads_the_files() -> None:
    """With "+" the unit's own read-only file system does not keep it from its work."""
    unit = (KIT / "systemd" / "nsm-tunnel.service").read_text()
    assert "ProtectSystem=strict" in unit
    assert unit.index("ExecStartPre=+-/usr/bin/nsm-sensor renew --finish\n") < unit.index("ExecStart=")


def test_an_unmarked_folder_is_never_put_in_place(sensor: Sensor, machines_door: Door, authority: Authority) -> None:
    before = contents(sensor.directory)
    assert cut_off(sensor, machines_door, authority, "mv", "before", MARKED) == -9
    assert (sensor.directory / "renewal" / "client.crt").exists()
    assert sensor.run("status").code == 0
    assert sensor.run("renew", "--finish").code == 0
    assert contents(sensor.directory) == before


def test_the_disk_has_each_step_before_the_next_relies_on_it(
    sensor: Sensor, machines_door: Door, authority: Authority, tmp_path: Path
) -> None:
    """A kill keeps what was written; a power cut keeps only what was synced. So the order of the calls is looked at."""
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    programs = tmp_path / "programs"
    for name in ("mv", "sync", "rm", "curl"):
        wrap_program(programs, name, f'{log_calls(name)}\nexec $REAL "$@"')
    assert sensor.run("renew", path=programs).code == 0
    here, folder = str(sensor.directory), f"{sensor.directory}/renewal"
    calls = [line.strip() for line in (programs / "calls").read_text().splitlines()]
    calls = ["curl" if call.startswith("curl") else call for call in calls]
    order = [
        f"sync {folder}/client.key.new",
        f"mv {folder}/client.key.new {folder}/client.key",
        f"sync {folder}",
        "curl",
        f"sync {folder}/client.crt.new",
        f"mv -f {folder}/client.crt.new {folder}/client.crt",
        f"sync {folder}",
        f"sync {folder}/before",
        f"mv -f {folder}/complete.new {folder}/complete",
        f"sync {folder}",
        f"mv -f {folder}/client.key {here}/client.key",
        f"mv -f {folder}/client.crt {here}/client.crt",
        f"sync {here} {folder}",
        f"mv {folder}/before {here}/previous",
        f"sync {here}",
        f"rm -f {folder}/complete",
        f"sync {folder}",
        f"rm -rf {folder}",
    ]
    position = iter(calls)
    missing = [call for call in order if call not in position]
    assert missing == []


def test_a_folder_of_which_only_the_request_is_left_starts_anew(
    sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    """Its removal may be cut off too, and a request without its key would get a certificate for nothing."""
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    before = contents(sensor.directory)
    assert cut_off(sensor, machines_door, authority, "mv", "before", CERTIFICATE_NAMED) == -9
    (sensor.directory / "renewal" / "client.key").unlink()
    assert sensor.run("renew").code == 0
    assert_renewed(sensor, before)


def test_a_switch_that_cannot_be_made_is_told_and_made_later(torn: Sensor, tmp_path: Path) -> None:
    broken = wrap_program(tmp_path / "broken", "mv", "exit 1")
    assert torn.run("renew", "--finish", path=broken).code == 1
    told = torn.run("status", path=broken)
    assert told.code == 0, "a disk that is read-only does not keep status from its work"
    assert "could not be finished" in told.err
    assert torn.run("renew", "--finish").code == 0
    assert pair_belongs_together(torn.directory)


@pytest.mark.parametrize("option", [[], ["--due"], ["--prove"]], ids=str)
def test_nothing_is_begun_before_what_was_interrupted_is_finished(
    torn: Sensor, machines_door: Door, tmp_path: Path, option: list[str]
) -> None:
    asked = len(machines_door.requests)
    done = torn.run("renew", *option, path=wrap_program(tmp_path / "broken", "mv", "exit 1"))
    assert done.code == 1
    assert "could not be put in place" in done.err
    assert len(machines_door.requests) == asked


def test_killed_while_it_checks_a_wrong_answer_nothing_is_put_in_place(sensor: Sensor, machines_door: Door) -> None:
    """So the mark is set only after the last check."""
    before = contents(sensor.directory)
    codes: list[int] = []
    while -9 in codes[-1:] or not codes:
        codes.append(cut_off(sensor, machines_door, make_authority("stranger"), "openssl", "before", len(codes) + 1))
        assert sensor.run("renew", "--finish").code == 0
        assert contents(sensor.directory) == before
    assert codes[-1] == 17
    assert len(codes) >= 4
