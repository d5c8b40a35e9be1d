"""A machines' door whose name has two addresses: a box whose first one gives no usable answer asks the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Answer, Door, open_door
from tests.support.sensor_kit.kit import KEY_PATH, Sensor, give, wrap_program

HEARTBEAT = "/v1/heartbeat"


@pytest.fixture
def second(tmp_path: Path, authority: Authority, machines_door: Door) -> Iterator[Door]:
    """At the other address, with a certificate for the same name."""
    at = ("127.0.0.2", int(machines_door.url.rpartition(":")[2]))
    with open_door(tmp_path, authority, clients=authority, at=at) as door:
        door.answers[HEARTBEAT] = [Answer(status=204)]
        yield door


@pytest.fixture
def two_addresses(tmp_path: Path) -> Path:
    """What the resolver says of the name."""
    says = "\n".join(f"echo '{one} STREAM'; echo '{one} DGRAM'" for one in ("127.0.0.1", "127.0.0.2"))
    return wrap_program(tmp_path / "bin", "getent", says)


@pytest.mark.parametrize("answer", [Answer(status=503), Answer(silent=2)], ids=["not-ready", "silent"])
def test_it_gets_its_key_from_the_other(
    sensor: Sensor, machines_door: Door, second: Door, two_addresses: Path, answer: Answer
):
    sensor.format()
    machines_door.answers[KEY_PATH] = [answer]
    second.answers[KEY_PATH] = [give(sensor.key)]
    outcome = sensor.run("unlock", "--test", "--wait", "20", path=two_addresses)
    assert outcome.code == 0, outcome.err
    assert len(machines_door.to(KEY_PATH)) == 1
    assert len(second.to(KEY_PATH)) == 1


def test_a_heartbeat_reaches_the_other(sensor: Sensor, machines_door: Door, second: Door, two_addresses: Path):
    machines_door.answers[HEARTBEAT] = [Answer(status=503)]
    assert sensor.run("heartbeat", path=two_addresses).code == 0
    assert [len(door.to(HEARTBEAT)) for door in (machines_door, second)] == [1, 1]


def test_with_one_address_nobody_is_asked_twice(sensor: Sensor, machines_door: Door):
    machines_door.answers[HEARTBEAT] = [Answer(status=503)]
    assert sensor.run("heartbeat").code == 12
    assert len(machines_door.to(HEARTBEAT)) == 1
