import itertools
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from sensors.models import Case, GatewayContact, Session, Sighting
from tests.support.fleet import Fleet
from tests.support.machines_door import Machine, body_of_report, reason_of, second_gateway

PATH = "/v1/gateway/observed"


def up(sensor: Any, **different: Any) -> dict[str, Any]:
    return {
        "subject": sensor.subject,
        "public_address": "198.51.100.21",
        "underlay_address": sensor.address,
        "since": "2026-01-01T00:00:00Z",
        "client": 7,
        "serial": None,
        "bytes_received": 1,
        "bytes_sent": 1,
    } | different


def cut(sensor: Any, generation: int) -> dict[str, Any]:
    done = dict.fromkeys(("session_gone", "firewall_closed", "serials_blocked", "client_config_removed"), True)
    return {"subject": sensor.subject, "generation": generation, "took_ms": 41, **done}


def test_a_session_is_noted(fleet: Fleet, agent: Machine):
    sensor = fleet.enrolled()
    response = agent.post(PATH, body_of_report(up=[up(sensor)]))
    assert (response.status_code, response.content) == (204, b"")
    session = Session.objects.get()
    assert (session.sensor, session.public_address, session.ended_at) == (sensor, "198.51.100.21", None)


def test_a_session_opens_the_way_to_the_key(fleet: Fleet, agent: Machine):
    sensor = fleet.enrolled()
    box = Machine.with_certificate(fleet.certificate_of(sensor), sensor.address)
    assert box.post("/v1/disk-key").status_code == 423
    agent.post(PATH, body_of_report(up=[up(sensor)]))
    assert box.post("/v1/disk-key").status_code == 200


@pytest.mark.parametrize("sequence", [5, 4, 0])
def test_a_report_that_does_not_rise_is_refused_and_changes_nothing(fleet: Fleet, agent: Machine, sequence: int):
    sensor = fleet.enrolled()
    agent.post(PATH, body_of_report(5, up=[up(sensor)]))
    response = agent.post(
        PATH, body_of_report(sequence, down=[sensor.subject], problems=[{"code": "x", "detail": "y"}])
    )
    assert reason_of(response) == (409, "report-replayed")
    assert response.json()["last_sequence"] == 5
    assert Session.objects.get().ended_at is None
    assert GatewayContact.objects.get().problems == []


def test_the_agent_goes_on_from_the_last_sequence(agent: Machine):
    agent.post(PATH, body_of_report(5))
    last = agent.post(PATH, body_of_report(1)).json()["last_sequence"]
    assert agent.post(PATH, body_of_report(last + 1)).status_code == 204


def test_a_cut_is_taken_for_what_was_observed(fleet: Fleet, agent: Machine):
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    response = agent.post(PATH, body_of_report(10, cuts=[cut(sensor, fleet.gateway.generation)]))
    assert response.status_code == 204
    assert Case.objects.get(pk=case.pk).confirmed_at is not None


@pytest.mark.parametrize("missing", ["session_gone", "firewall_closed", "serials_blocked", "client_config_removed"])
def test_half_a_cut_is_not_called_a_cut(fleet: Fleet, agent: Machine, missing: str):
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    half = cut(sensor, fleet.gateway.generation) | {missing: False}
    assert agent.post(PATH, body_of_report(10, cuts=[half])).status_code == 204
    assert Case.objects.get(pk=case.pk).confirmed_at is None


def test_a_cut_of_an_older_generation_is_not_called_a_cut(fleet: Fleet, agent: Machine):
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    agent.post(PATH, body_of_report(10, cuts=[cut(sensor, fleet.gateway.generation - 1)]))
    assert Case.objects.get(pk=case.pk).confirmed_at is None


def test_a_gateway_cannot_speak_for_anothers_sensors(fleet: Fleet, agent: Machine):
    """A captured gateway must neither call a stolen box cut off elsewhere nor make a tunnel up for it."""
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    session = Session.objects.get()
    other = second_gateway()
    body = body_of_report(10, up=[up(sensor)], down=[sensor.subject], cuts=[cut(sensor, 2**60)])
    assert other.post(PATH, body).status_code == 204
    assert Case.objects.get(pk=case.pk).confirmed_at is None
    assert Session.objects.get(ended_at=None) == session


def test_a_full_report_of_one_gateway_ends_no_session_of_another(fleet: Fleet, agent: Machine):
    fleet.connected()
    body = body_of_report(10)
    body["sessions"]["full"] = True
    assert second_gateway().post(PATH, body).status_code == 204
    assert Session.objects.filter(ended_at=None).count() == 1


def test_a_sighting_reaches_the_case(fleet: Fleet, agent: Machine):
    sensor = fleet.connected()
    fleet.reported(sensor)
    seen = {
        "serial": fleet.certificate_of(sensor).serial,
        "source": "203.0.113.7",
        "at": timezone.now().isoformat(),
        "line": "VERIFY ERROR\x1b[2J\r\nforged: line",
    }
    assert agent.post(PATH, body_of_report(10, sightings=[seen])).status_code == 204
    sighting = Sighting.objects.get()
    assert sighting.source_address == "203.0.113.7"
    assert sighting.line.isprintable()


MALFORMED: list[Any] = [
    ("sequence", "1"),
    ("sequence", -1),
    ("sequence", True),
    ("sequence", 1.5),
    ("sequence", 2**63),
    ("sequence", None),
    ("generation", 2**63),
    ("sessions", []),
    ("sessions", {"full": 1, "up": [], "down": []}),
    ("sessions", {"full": False, "up": {}, "down": []}),
    ("sessions", {"full": False, "up": [], "down": ["../../etc/passwd"]}),
    ("sessions", {"full": False, "up": [], "down": ["s-abcdefghijkl\n"]}),
    ("cuts", None),
    ("cuts", [{"subject": "s-abcdefghijkl"}]),
    ("sightings", [{}]),
    ("sightings", [{"serial": "x", "source": "203.0.113.7", "at": "2026-01-01T00:00:00Z", "line": ""}]),
    ("sightings", [{"serial": "1" * 50, "source": "203.0.113.7", "at": "2026-01-01T00:00:00Z", "line": ""}]),
    ("sightings", [{"serial": "1", "source": "here", "at": "2026-01-01T00:00:00Z", "line": ""}]),
    ("sightings", [{"serial": "1", "source": 7, "at": "2026-01-01T00:00:00Z", "line": ""}]),
    ("sightings", [{"serial": "1", "source": "203.0.113.7", "at": "yesterday", "line": ""}]),
    ("sightings", [{"serial": "1", "source": "203.0.113.7", "at": 0, "line": ""}]),
    ("problems", [{"code": 1, "detail": ""}]),
    ("problems", {}),
    ("agent_version", 1),
]


@pytest.mark.parametrize(("name", "value"), MALFORMED, ids=lambda value: ascii(value)[:60])
def test_a_malformed_report_is_refused_as_a_whole(fleet: Fleet, agent: Machine, name: str, value: Any):
    sensor = fleet.enrolled()
    body = body_of_report(up=[up(sensor)]) | {name: value}
    assert reason_of(agent.post(PATH, body)) == (400, "malformed")
    assert not Session.objects.exists()
    assert not GatewayContact.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_address", "fe80::1%eth0"),
        ("public_address", ""),
        ("public_address", "198.51.100.021"),
        ("public_address", 3325256709),
        ("underlay_address", "10.88.0.2/32"),
        ("since", "2026-13-01T00:00:00Z"),
        ("since", "0001-01-01T00:00:00+14:00"),
        ("since", None),
        ("bytes_sent", -1),
        ("bytes_received", 2**63),
        ("subject", "S-ABCDEFGHIJKL"),
    ],
)
def test_a_malformed_session_is_refused_with_its_report(fleet: Fleet, agent: Machine, name: str, value: Any):
    sensor = fleet.enrolled()
    body = body_of_report(up=[up(sensor, **{name: value})])
    assert reason_of(agent.post(PATH, body)) == (400, "malformed")
    assert not Session.objects.exists()


@dataclass(frozen=True)
class Ghost:
    """A sensor that there is not."""

    subject: str
    address: str = "10.88.0.77"


def test_names_that_nobody_has_are_passed_over(agent: Machine):
    ghost = Ghost("s-aaaaaaaaaaaa")
    body = body_of_report(up=[up(ghost)], down=["s-bbbbbbbbbbbb"], cuts=[cut(ghost, 1)])
    assert agent.post(PATH, body).status_code == 204
    assert not Session.objects.exists()


def test_a_report_may_speak_of_thousands_of_sessions(fleet: Fleet, agent: Machine):
    """A whole fleet at once after a restart: megabytes, where a sensor's body ends at kilobytes."""
    names = ("".join(letters) for letters in itertools.product("abcdefghijklmnopqrst", repeat=3))
    sessions = [up(Ghost(f"s-aaaaaaaaa{name}")) for name in names]
    assert len(sessions) == 8000
    assert agent.post(PATH, body_of_report(up=sessions)).status_code == 204
