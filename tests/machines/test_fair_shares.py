"""What one gateway asks for, however dear, leaves the others their threads."""

from uuid import uuid4

import pytest

from sensors.machines.fair_shares import LONGEST_REST, SHARES, FairShares, ShareUsedUp
from tests.support.fleet import Fleet
from tests.support.machines_door import Machine, body_of_report, reason_of

ONE, OTHER = uuid4(), uuid4()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("sensors.machines.fair_shares.time.monotonic", lambda: now[0])
    return now


def test_after_a_cheap_call_the_next_may_come_at_once(clock: list[float]) -> None:
    shares = FairShares()
    for _ in range(100):
        with shares.one_of(kind="state", gateway=ONE):
            clock[0] += 0.05


def test_one_at_a_time_and_then_a_rest_as_long_as_it_took(clock: list[float]) -> None:
    shares = FairShares()
    with shares.one_of(kind="state", gateway=ONE):
        with pytest.raises(ShareUsedUp), shares.one_of(kind="state", gateway=ONE):
            raise AssertionError("two at once")
        with shares.one_of(kind="state", gateway=OTHER), shares.one_of(kind="observed", gateway=ONE):
            clock[0] += 0.5
    clock[0] += 0.4
    with pytest.raises(ShareUsedUp) as refused, shares.one_of(kind="state", gateway=ONE):
        raise AssertionError("no rest")
    assert refused.value.seconds == pytest.approx(0.1)
    clock[0] += 0.2
    with shares.one_of(kind="state", gateway=ONE):
        clock[0] += 600
    clock[0] += LONGEST_REST
    with shares.one_of(kind="state", gateway=ONE):
        pass


def test_a_call_that_fails_gives_its_place_back(clock: list[float]) -> None:
    shares = FairShares()
    with pytest.raises(ValueError, match="broken"), shares.one_of(kind="state", gateway=ONE):
        raise ValueError("broken")
    with shares.one_of(kind="state", gateway=ONE):
        pass


@pytest.mark.parametrize("kind", ["state", "observed"])
def test_whoever_asks_for_more_is_told_so(fleet: Fleet, agent: Machine, kind: str) -> None:
    with SHARES.one_of(kind=kind, gateway=fleet.gateway.pk):
        if kind == "state":
            answer = agent.get("/v1/gateway/state?since=0&wait=0")
        else:
            answer = agent.post("/v1/gateway/observed", body_of_report())
    assert reason_of(answer) == (429, "too-many-calls")
