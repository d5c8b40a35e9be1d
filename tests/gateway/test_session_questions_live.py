"""The agent beside real OpenVPN: what it answers when it is asked which session holds an address."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway.lone_gateway import LoneGateway, TunnelBox
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LoneGateway]:
    made = LoneGateway(tmp_path, sensors=2)
    # No report but for a change: nothing that is seen here rests on one.
    made.agent_options = ["--snapshot-interval", "3600"]
    try:
        made.start_all()
        yield made
    finally:
        made.close()


def session_told(host: LoneGateway, sensor: TunnelBox) -> dict[str, Any] | None:
    sessions = host.portal.answer_to(sensor.subject)
    assert sessions is not None
    return next(iter(sessions), None)


def reconnect(host: LoneGateway, sensor: TunnelBox) -> None:
    assert sensor.process is not None
    sensor.process.send_signal(signal.SIGKILL)
    sensor.process.wait()
    host.connect(sensor)


def test_a_new_session_is_answered_with_as_soon_as_it_is_there(host: LoneGateway) -> None:
    sensor, other = host.sensors
    first, neighbour = session_told(host, sensor), session_told(host, other)
    assert first is not None
    assert first["underlay_address"] == sensor.address
    reconnect(host, sensor)
    # A sweep comes every second. Asked all the time, no answer lags behind OpenVPN's own word by as much.
    wait_until(lambda: host.log_of("openvpn").count(f"[{sensor.subject}] Peer Connection") == 2, seconds=20, what="it")
    began = time.monotonic()
    answers: list[dict[str, Any]] = []

    def has_changed() -> bool:
        answers.append(session_told(host, sensor) or {})
        return bool(answers[-1]) and answers[-1]["client"] != first["client"]

    wait_until(has_changed, seconds=5, what="an answer with the new session")
    now = answers[-1]
    # Told by OpenVPN's word, so the session's age is not that of the first look at it.
    assert 0 < now["age_ms"] <= (time.monotonic() - began) * 1000 + 1000
    assert [one["public_address"] for one in now["earlier"]] == [first["public_address"]]
    again = session_told(host, other)
    assert neighbour is not None
    assert again is not None
    assert (again["client"], again["age_ms"] >= neighbour["age_ms"]) == (neighbour["client"], True)


def test_a_session_that_floats_is_the_same_session_at_another_address(host: LoneGateway) -> None:
    """A router that maps the box's traffic to another address, or a change from line to radio."""
    sensor = host.sensors[0]
    before = session_told(host, sensor)
    assert before is not None
    address = "198.51.100.201"
    host.network.run(sensor.host, "ip", "address", "add", f"{address}/24", "dev", "eth0")
    host.network.run(sensor.host, "ip", "route", "replace", "198.51.100.0/24", "dev", "eth0", "src", address)

    def floated() -> bool:
        now = session_told(host, sensor)
        return now is not None and now["public_address"] == address

    # By its next ping, five seconds after the one before at most.
    wait_until(floated, seconds=20, what="the other address")
    after = session_told(host, sensor)
    assert after is not None
    assert (after["client"], after["earlier"]) == (before["client"], [])
    assert after["age_ms"] >= before["age_ms"]


def test_nobody_there_is_an_answer_and_not_knowing_is_another(host: LoneGateway) -> None:
    assert host.portal.answer_to("s-zzzzzzzzzzzz") == []
    assert host.openvpn is not None
    host.openvpn.kill()
    host.openvpn.wait()
    wait_until(lambda: host.portal.answer_to(host.sensors[0].subject) is None, seconds=10, what="that it cannot see")


def test_answers_do_not_wait_for_reports(host: LoneGateway) -> None:
    """A portal that takes no reports makes the agent wait longer and longer with the next one, and with no answer."""
    host.portal.refuse_reports = 503
    reconnect(host, host.sensors[0])
    wait_until(lambda: host.log_of("agent").count("answered 503") >= 1, seconds=20, what="a report that was refused")
    began = time.monotonic()
    for _ in range(10):
        assert session_told(host, host.sensors[1]) is not None
    assert time.monotonic() - began < 5


def test_an_agent_that_was_started_anew_answers_what_is_still_asked(host: LoneGateway) -> None:
    assert host.agent is not None
    os.kill(host.agent.pid, signal.SIGKILL)
    host.agent.wait()
    host.start_agent()
    session = session_told(host, host.sensors[0])
    # It has not seen for how long the session has been there, so it does not say that it knows.
    assert session is None or session["age_ms"] < 20_000
