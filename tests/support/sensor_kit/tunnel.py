"""A stand-in for nsm-tunnel.service and its device, in programs of their names."""

import json
from pathlib import Path
from typing import Any

from tests.support.sensor_kit.kit import Outcome, Sensor, log_calls, wrap_program

PAIR = ("client.key", "client.crt")
SYSTEMCTL = """
{spy}
cd {folder}
case $* in *firewall*) exit 0 ;; esac
[ ! -e broken ] || exit 1
[ ! -e idle ] || exit 0
rm -f up
echo $(($(cat number) + 1)) >number
[ -e refused ] && {{ cmp -s refused {directory}/client.crt || cmp -s refused {directory}/client.conf; }} || touch up
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
        self.programs = wrap_program(sensor.directory.parent / "programs", "systemctl", SYSTEMCTL.format(**facts))
        wrap_program(self.programs, "ip", IP.format(**facts))
        wrap_program(self.programs, "sleep", spy("sleep"))

    def prove(self) -> Outcome:
        return self.sensor.run("renew", "--prove", path=self.programs)

    def refuse(self, what: str | None = None) -> None:
        """The certificate that is in place now, or a client.conf of that text."""
        refused = (self.sensor.directory / "client.crt").read_text() if what is None else what
        (self.folder / "refused").write_text(refused)

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
