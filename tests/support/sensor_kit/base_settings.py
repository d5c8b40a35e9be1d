"""What base says of a box's settings, and a box that asks for them."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.sensor_kit.doors import Answer, Door, Request
from tests.support.sensor_kit.enrolment import OPENVPN_CONFIG, json_answer
from tests.support.sensor_kit.kit import ADDRESS, SUBJECT, Outcome, Sensor, wrap_program, write_settings
from tests.support.sensor_kit.tunnel import Tunnel

UNDERLAY = "10.88.0.0/16"
SETTINGS_PATH = "/v1/settings"
CONFIG = OPENVPN_CONFIG
NEW = CONFIG.replace("198.51.100.7", "203.0.113.9").replace("verb 3", "mssfix 1300\nverb 3")
HEAD = '# Written by nsm-sensor. One "name=value" a line; unknown names and malformed values are refused.\n'


class TellingBase:
    """Answers 204 to who has what is here, as the portal does, and 200 with all of it to anybody else."""

    def __init__(self, url: str, config: str = CONFIG, **changes: object) -> None:
        self.members: dict[str, object] = {
            "machines_door_url": url,
            "address": ADDRESS,
            "underlay": UNDERLAY,
            "openvpn_config": config,
        }
        self.members.update(changes)

    @property
    def digest(self) -> str:
        named = ("machines_door_url", "address", "underlay", "openvpn_config")
        text = "nsmaas settings v1\n" + "\n".join(str(self.members[name]) for name in named)
        return hashlib.sha256(text.encode()).hexdigest()

    def __call__(self, request: Request) -> Answer:
        if urlsplit(request.path).query == f"known={self.digest}":
            return Answer(status=204)
        return json_answer(200, {name: value for name, value in self.members.items() if value is not None})


def enrol_by_hand(sensor: Sensor, url: str) -> None:
    """As an enrolment leaves it, with OpenVPN's device; `sensor.disk` is not told yet."""
    (sensor.directory / "client.conf").write_text(CONFIG)
    own = {"subject": SUBJECT, "address": ADDRESS, "underlay": UNDERLAY, "tunnel_device": "tun0"}
    write_settings(sensor.directory, machines_door_url=url, **own, disk_device=str(sensor.disk), disk_mapper="nsm")
    conf = sensor.directory / "sensor.conf"
    conf.write_text(HEAD + conf.read_text())


# What curl would send through OpenVPN's device goes through the loopback.
CURL = """
for word; do
    shift
    [ "$word" != 'if!tun0' ] || word='if!lo'
    set -- "$@" "$word"
done
exec $REAL "$@"
"""


def own_files(directory: Path) -> dict[str, bytes]:
    return {name: (directory / name).read_bytes() for name in ("client.conf", "sensor.conf")}


class AskingBox:
    """An enrolled box, its tunnel, and a base with new settings for it."""

    def __init__(self, sensor: Sensor, door: Door, *, config: str = NEW, **changes: object) -> None:
        enrol_by_hand(sensor, door.url)
        self.sensor, self.door = sensor, door
        self.tunnel = Tunnel(sensor)
        wrap_program(self.tunnel.programs, "curl", CURL)
        self.before = own_files(sensor.directory)
        self.tell(config, **changes)

    def tell(self, config: str, **changes: object) -> TellingBase:
        base = TellingBase(self.door.url, config, **changes)
        self.door.answers[SETTINGS_PATH] = [base]
        return base

    def ask(self, *options: str) -> Outcome:
        return self.sensor.run("settings", *options, path=self.tunnel.programs)

    @property
    def files(self) -> dict[str, bytes]:
        return own_files(self.sensor.directory)

    @property
    def leftovers(self) -> set[str]:
        return {path.name for path in self.sensor.directory.iterdir()} & {"settings", "settings-before"}
