import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from .doors import Door
from .kit import NSM_SENSOR, SUBJECT, Outcome, Sensor, killing_program, kit_environment, log_calls, make_sensor
from .kit import wrap_program as wrap
from .pki import Authority
from .renewal import RENEW_PATH, Base, assert_renewed, contents

PAIR = ("client.key", "client.crt")
SYSTEMCTL = """
{spy}
cd {folder}
[ ! -e broken ] || exit 1
[ ! -e idle ] || exit 0
rm -f up
echo $(($(cat number) + 1)) >number
[ -e refused ] && cmp -s refused {directory}/client.crt || touch up
"""
IP = """
cd {folder}
[ -e up ] || exit 1
case $* in
    *link*) echo "$(cat number): lo: <LOOPBACK,UP> mtu 65536" ;;
    *) echo "$(cat number): lo    inet 127.0.0.1/8 scope host lo" ;;
esac
"""


def spy(name: str) -> str:
    """Also tells if it was given the lock: what outlives a kill would keep it."""
    return f'{log_calls(name)}\n[ ! -e /proc/$$/fd/8 ] || echo lock >>"${{0%/*}}/calls"'


class Tunnel:
    """Stands in for nsm-tunnel.service and its device: a restart makes a new device, unless the pair is refused."""

    def __init__(self, sensor: Sensor) -> None:
        self.sensor = sensor
        self.folder = sensor.directory.parent / "tunnel"
        self.folder.mkdir()
        (self.folder / "number").write_text("7\n")
        (self.folder / "up").touch()
        facts = {"folder": self.folder, "directory": sensor.directory, "spy": spy("systemctl")}
        self.programs = wrap(sensor.directory.parent / "programs", "systemctl", SYSTEMCTL.format(**facts))
        wrap(self.programs, "ip", IP.format(**facts))
        wrap(self.programs, "sleep", spy("sleep"))

    def prove(self) -> Outcome:
        return self.sensor.run("renew", "--prove", path=self.programs)

    def refuse(self) -> None:
        """The certificate that is in place now."""
        (self.folder / "refused").write_bytes((self.sensor.directory / "client.crt").read_bytes())

    def note(self, name: str) -> None:
        (self.folder / name).touch()

    @property
    def is_up(self) -> bool:
        return (self.folder / "up").exists()

    def calls(self, program: str) -> list[str]:
        calls = self.programs / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        assert "lock" not in lines
        return [line.strip() for line in lines if line.startswith(program)]

    def status(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.sensor.run("status", "--json", path=self.programs).out)
        return report


def pair_in(directory: Path) -> dict[str, bytes]:
    return {name: (directory / name).read_bytes() for name in PAIR}


@pytest.fixture
def before(sensor: Sensor) -> dict[str, bytes]:
    """All files as they were before the renewal."""
    return contents(sensor.directory)


@pytest.fixture
def tunnel(sensor: Sensor, machines_door: Door, authority: Authority, before: dict[str, bytes]) -> Tunnel:
    """Of a box that has renewed, and whose tunnel goes on with the session of before."""
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    assert sensor.run("renew").code == 0
    return Tunnel(sensor)


def test_a_pair_with_which_the_tunnel_comes_up_stays(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    assert_renewed(tunnel.sensor, before)
    assert tunnel.status()["renewal_on_trial"] is True
    done = tunnel.prove()
    assert done.code == 0, done.err
    assert tunnel.calls("systemctl") == ["systemctl try-restart nsm-tunnel.service"]
    assert not (tunnel.sensor.directory / "previous").exists()
    assert pair_in(tunnel.sensor.directory)["client.crt"] != before["client.crt"]
    report = tunnel.status()
    assert report["renewal_on_trial"] is False
    assert (report["last_renewal"]["exit_code"], report["last_renewal"]["text"]) == (0, done.out.strip())


def test_a_pair_with_which_it_does_not_is_put_back_and_that_is_told(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    tunnel.refuse()
    done = tunnel.prove()
    assert done.code == 19
    assert "did not come up" in done.err
    assert "the one before is in place again" in done.err
    assert pair_in(tunnel.sensor.directory) == {name: before[name] for name in PAIR}
    assert tunnel.is_up, "it was started again with the old pair"
    assert len(tunnel.calls("systemctl")) == 2
    assert len(tunnel.calls("sleep")) == 120
    assert not (tunnel.sensor.directory / "previous").exists()
    told = tunnel.status()["last_renewal"]
    assert told["exit_code"] == 19
    assert told["text"] in done.err
    assert told["text"] in tunnel.sensor.run("status").out


def test_the_next_day_it_begins_with_another_key(tunnel: Tunnel, machines_door: Door, before: dict[str, bytes]) -> None:
    tunnel.refuse()
    assert tunnel.prove().code == 19
    assert tunnel.sensor.run("renew").code == 0
    first, second = machines_door.to(RENEW_PATH)
    assert first.body != second.body
    assert tunnel.prove().code == 0


def test_an_address_is_no_proof_while_the_device_is_that_of_before(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    """systemctl does nothing for a unit that does not run: then the tunnel that is up has the old certificate."""
    tunnel.note("idle")
    assert tunnel.prove().code == 19
    assert pair_in(tunnel.sensor.directory) == {name: before[name] for name in PAIR}


def test_without_a_restart_nothing_is_decided(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    tunnel.note("broken")
    done = tunnel.prove()
    assert done.code == 1
    assert "could not be restarted" in done.err
    assert_renewed(tunnel.sensor, before)
    (tunnel.folder / "broken").unlink()
    assert tunnel.prove().code == 0


@pytest.mark.parametrize("fault", ["ended", "no key", "another key"])
def test_a_pair_that_is_good_no_more_is_not_put_back(tunnel: Tunnel, authority: Authority, fault: str) -> None:
    previous, renewed = tunnel.sensor.directory / "previous", pair_in(tunnel.sensor.directory)
    if fault == "ended":
        give_ended_certificate(previous, authority)
    elif fault == "no key":
        (previous / "client.key").unlink()
    else:
        (previous / "client.key").write_bytes(renewed["client.key"])
    tunnel.refuse()
    done = tunnel.prove()
    assert done.code == 19
    assert "cannot be used any more" in done.err
    assert pair_in(tunnel.sensor.directory) == renewed


def give_ended_certificate(folder: Path, authority: Authority) -> None:
    key = serialization.load_pem_private_key((folder / "client.key").read_bytes(), None)
    (folder / "client.crt").write_text(authority.issue(SUBJECT, key.public_key(), days=-1))


def test_without_a_renewal_there_is_nothing_to_prove_and_no_restart(sensor: Sensor) -> None:
    tunnel = Tunnel(sensor)
    done = tunnel.prove()
    assert (done.code, done.err) == (0, "")
    assert tunnel.calls("systemctl") == []


def test_a_device_that_is_not_known_proves_nothing(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    settings = tunnel.sensor.directory / "sensor.conf"
    settings.write_text(settings.read_text().replace("tunnel_device=lo\n", ""))
    assert tunnel.prove().code == 3
    assert tunnel.calls("systemctl") == []
    assert pair_in(tunnel.sensor.directory / "previous") == {name: before[name] for name in PAIR}


def test_two_renewals_in_a_row_keep_the_pair_that_has_connected(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    assert tunnel.sensor.run("renew").code == 0
    assert_renewed(tunnel.sensor, before)
    tunnel.refuse()
    assert tunnel.prove().code == 19
    assert pair_in(tunnel.sensor.directory) == {name: before[name] for name in PAIR}


@pytest.mark.parametrize("command", [["renew"], ["renew", "--due"], ["renew", "--prove"]], ids=" ".join)
def test_while_a_pair_is_on_trial_no_other_is_asked_for(
    tunnel: Tunnel, machines_door: Door, tmp_path: Path, command: list[str]
) -> None:
    wrap(tunnel.programs, "systemctl", f"touch {tmp_path}/begun\nread -r never <{tmp_path}/fifo")
    subprocess.run(["mkfifo", tmp_path / "fifo"], check=True)
    prove = [str(NSM_SENSOR), "--directory", str(tunnel.sensor.directory), "renew", "--prove"]
    with subprocess.Popen(prove, env=kit_environment(tunnel.programs), stderr=subprocess.DEVNULL) as first:
        deadline = time.monotonic() + 10
        while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
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
        wrap(tunnel.programs, name, f'{log_calls(name)}\nexec $REAL "$@"')
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
