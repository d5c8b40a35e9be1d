import subprocess
from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.kit import (
    NSM_SENSOR,
    killing_program,
    kit_environment,
    log_calls,
    make_sensor,
    wrap_program,
)
from tests.support.sensor_kit.renewal import RENEW_PATH, Base
from tests.support.sensor_kit.tunnel import Tunnel, pair_in
from tests.support.waiting import wait_until


@pytest.mark.parametrize("command", [["renew"], ["renew", "--due"], ["renew", "--prove"]], ids=" ".join)
def test_while_a_pair_is_on_trial_no_other_is_asked_for(
    tunnel: Tunnel, machines_door: Door, tmp_path: Path, command: list[str]
) -> None:
    wrap_program(tunnel.programs, "systemctl", f"touch {tmp_path}/begun\nread -r never <{tmp_path}/fifo")
    subprocess.run(["mkfifo", tmp_path / "fifo"], check=True)
    prove = [str(NSM_SENSOR), "--directory", str(tunnel.sensor.directory), "renew", "--prove"]
    with subprocess.Popen(prove, env=kit_environment(tunnel.programs), stderr=subprocess.DEVNULL) as first:
        wait_until((tmp_path / "begun").exists, seconds=10, what="the trial begins")
        second = tunnel.sensor.run(*command)
        with (tmp_path / "fifo").open("w") as fifo:
            fifo.write("\n")
        first.kill()
    assert second.code == 1
    assert "under way" in second.err
    assert len(machines_door.requests) == 1


@pytest.mark.parametrize(("name", "least"), [("mv", 4), ("rm", 4), ("sync", 6), ("touch", 3)])
def test_killed_anywhere_while_it_is_put_back_there_is_always_a_pair(
    tmp_path: Path, machines_door: Door, authority: Authority, name: str, least: int
) -> None:
    """A pair for the tunnel's start, whichever; and the next proof ends with the one that works."""
    kills = 0
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    for when in ("before", "after"):
        for number in range(1, 30):
            folder = tmp_path / f"{when}-{number}"
            folder.mkdir()
            sensor = make_sensor(folder, authority, machines_door.url)
            old = pair_in(sensor.directory)
            assert sensor.run("renew").code == 0
            new = pair_in(sensor.directory)
            tunnel = Tunnel(sensor)
            tunnel.refuse()
            killing_program(folder, name, when, number)
            code = tunnel.prove().code
            (tunnel.programs / name).unlink()
            if code == 19:
                break
            kills += 1
            assert code == -9
            assert sensor.run("renew", "--finish").code == 0
            assert pair_in(sensor.directory) in (old, new), (when, number)
            tunnel.prove()
            assert pair_in(sensor.directory) == old, (when, number)
    assert kills >= least


def test_the_disk_has_the_mark_before_the_first_move_back(tunnel: Tunnel) -> None:
    for name in ("mv", "sync", "rm", "touch"):
        wrap_program(tunnel.programs, name, f'{log_calls(name)}\nexec $REAL "$@"')
    tunnel.refuse()
    assert tunnel.prove().code == 19
    here, folder = str(tunnel.sensor.directory), f"{tunnel.sensor.directory}/previous"
    order = [
        f"touch {folder}/complete",
        f"sync {folder}",
        f"mv -f {folder}/client.key {here}/client.key",
        f"mv -f {folder}/client.crt {here}/client.crt",
        f"sync {here} {folder}",
        f"rm -f {folder}/complete",
        f"sync {folder}",
        f"rm -rf {folder}",
        "systemctl try-restart nsm-tunnel.service",
    ]
    position = iter(line.strip() for line in (tunnel.programs / "calls").read_text().splitlines())
    assert [call for call in order if call not in position] == []
