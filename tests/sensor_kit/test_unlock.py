import json
import secrets
import statistics

import pytest

from .doors import Answer, Door
from .kit import OCTETS, PROBLEM, Sensor, give

KEY_PATH = "/v1/disk-key"


def problem(status: int, reason: str, *headers: tuple[str, str]) -> Answer:
    body = json.dumps({"type": "about:blank", "status": status, "reason": reason, "detail": "said for people"})
    return Answer(status=status, body=body.encode(), headers=PROBLEM + headers)


def test_the_key_opens_the_volume_in_a_twinkling(machines_door: Door, sensor: Sensor) -> None:
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    runs = [sensor.run("unlock", "--test", "--once") for _ in range(5)]
    assert [run.code for run in runs] == [0] * 5, runs[0].err
    assert "the key opens the volume" in runs[0].out
    median = statistics.median(run.seconds for run in runs)
    print(f"unlock --test on loopback: {median * 1000:.0f} ms (median of 5)")  # noqa: T201 # the figure is the point
    assert median < 1
