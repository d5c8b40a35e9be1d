"""Each machine may make each call so often; what one uses up is nobody else's."""

from typing import Any

import pytest

from sensors.doors import machines_door as door
from sensors.doors.allowed_calls import ALLOWED_CALLS
from sensors.machines import rates
from sensors.machines.rates import Rate, Rates
from tests.support.fleet import Fleet
from tests.support.machines_door import Machine, reason_of


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("sensors.machines.rates.time.monotonic", lambda: now[0])
    return now


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_RATES", Rates())


def test_so_many_at_once_and_then_so_many_a_minute(clock: list[float]) -> None:
    few, rate = Rates(), Rate(burst=3, a_minute=6)

    def ask(machine: str = "a") -> float:
        return few.wait_for(machine=machine, call="x", rate=rate)

    assert [ask() for _ in range(4)] == [0, 0, 0, 10]
    assert ask("another") == 0
    clock[0] += 10
    assert [ask(), ask()] == [0, 10]
    clock[0] += 3600
    assert [ask() for _ in range(4)] == [0, 0, 0, 10]


def test_a_flood_of_names_costs_no_memory(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_REMEMBERED", 100)
    few = Rates()
    for number in range(1000):
        few.wait_for(machine=str(number), call="x", rate=Rate(1, 1))
    assert len(few._left) == 100


@pytest.mark.parametrize("path", [path for path, call in ALLOWED_CALLS.items() if call.kind == "sensor"])
def test_a_box_that_calls_without_end_is_told_to_wait_and_its_neighbour_is_not(
    fleet: Fleet, path: str, clock: list[float]
) -> None:
    call = ALLOWED_CALLS[path]
    machines = [
        Machine.with_certificate(fleet.certificate_of(sensor), sensor.address)
        for sensor in (fleet.connected("one"), fleet.connected("two"))
    ]
    answers: list[Any] = [machines[0].call(call.method, f"/{path}") for _ in range(call.rate.burst + 1)]
    assert {answer.status_code for answer in answers[:-1]} & {429} == set()
    assert reason_of(answers[-1]) == (429, "too-many-calls")
    assert int(answers[-1]["Retry-After"]) >= 1
    assert machines[1].call(call.method, f"/{path}").status_code != 429


def test_every_call_has_a_rate() -> None:
    """An honest box asks each second at most, an honest agent for each change."""
    for call in ALLOWED_CALLS.values():
        assert 6 <= call.rate.a_minute <= 3600
        assert 10 <= call.rate.burst <= 400
