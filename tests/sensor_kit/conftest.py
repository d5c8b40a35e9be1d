from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.authority import Authority, make_authority
from tests.support.sensor_kit.doors import Answer, Door, open_door
from tests.support.sensor_kit.kit import Sensor, make_sensor
from tests.support.sensor_kit.renewal import KEY_IN_PLACE, RENEW_PATH, Base, contents, cut_off, pair_belongs_together
from tests.support.sensor_kit.tunnel import Tunnel


@pytest.fixture(autouse=True)
def _kit_is_shell(live: None) -> None:
    """All that is tested here is a program."""


@pytest.fixture
def authority() -> Authority:
    return make_authority("provider")


@pytest.fixture
def machines_door(tmp_path: Path, authority: Authority) -> Iterator[Door]:
    with open_door(tmp_path, authority, clients=authority) as door:
        door.answers["/v1/heartbeat"] = [Answer(status=204)]
        yield door


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Door]:
    with open_door(tmp_path, make_authority("public")) as door:
        yield door


@pytest.fixture
def sensor(tmp_path: Path, authority: Authority, machines_door: Door) -> Sensor:
    return make_sensor(tmp_path, authority, machines_door.url)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where a sensor that is not enrolled yet will have its files."""
    return tmp_path / "sensor"


@pytest.fixture
def torn(sensor: Sensor, machines_door: Door, authority: Authority) -> Sensor:
    """A sensor whose power went between the two renames."""
    assert cut_off(sensor, machines_door, authority, "mv", "after", KEY_IN_PLACE) == -9
    assert not pair_belongs_together(sensor.directory), "or nothing is shown below"
    return sensor


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
