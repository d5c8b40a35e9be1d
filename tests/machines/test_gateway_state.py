from typing import Any

import pytest

from sensors.fleet.operations.register_sensor import register_sensor
from sensors.models import Gateway
from tenants.models import AuditEntry
from tests.support.fleet import ACTOR, Fleet
from tests.support.machines_door import Machine, reason_of, second_gateway

PATH = "/v1/gateway/state"


def state(agent: Machine, since: object = 0) -> dict[str, Any]:
    response = agent.get(f"{PATH}?since={since}")
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def test_the_first_answer_holds_everything(fleet: Fleet, agent: Machine):
    sensor = fleet.enrolled()
    answer = state(agent)
    assert set(answer) == {"generation", "full", "config", "sensors"}
    assert answer["full"] is True
    assert set(answer["config"]) == {"server_conf", "firewall"}
    assert answer["sensors"] == [
        {
            "subject": sensor.subject,
            "generation": answer["generation"],
            "address": "10.88.0.2",
            "allowed": True,
            "client_config": "ifconfig-push 10.88.0.2 255.255.0.0\n",
            "serials": [fleet.certificate_of(sensor).serial],
            "revoked_serials": [],
        }
    ]


def test_what_is_known_is_not_said_again(fleet: Fleet, agent: Machine):
    fleet.enrolled()
    known = state(agent)["generation"]
    answer = state(agent, known)
    assert answer == {"generation": known, "full": False, "config": None, "sensors": []}


def test_only_what_changed_since_is_said(fleet: Fleet, agent: Machine):
    first = fleet.enrolled("box-1")
    known = state(agent)["generation"]
    second = fleet.enrolled("box-2")
    assert [each["subject"] for each in state(agent, known)["sensors"]] == [second.subject]
    assert {each["subject"] for each in state(agent)["sensors"]} == {first.subject, second.subject}


def test_a_reported_sensor_is_not_allowed_and_its_serials_are_revoked(fleet: Fleet, agent: Machine):
    sensor = fleet.connected()
    known = state(agent)["generation"]
    serial = fleet.certificate_of(sensor).serial
    fleet.reported(sensor)
    (entry,) = state(agent, known)["sensors"]
    assert entry["allowed"] is False
    assert entry["client_config"] is None
    assert entry["serials"] == []
    assert entry["revoked_serials"] == [serial]


def test_a_registered_sensor_without_certificate_is_not_allowed(fleet: Fleet, agent: Machine):
    fleet.register()
    (entry,) = state(agent)["sensors"]
    assert (entry["allowed"], entry["client_config"]) == (False, None)


def test_an_agent_that_knows_more_than_the_portal_is_told_everything(fleet: Fleet, agent: Machine):
    """The portal was restored from an old backup: what the agent saw must not hide what comes now."""
    fleet.enrolled()
    ahead = fleet.gateway.generation + 1000
    answer = state(agent, ahead)
    assert answer["full"] is True
    assert answer["generation"] > ahead
    assert len(answer["sensors"]) == 1
    assert answer["config"] is not None
    assert AuditEntry.objects.filter(action="gateway:ahead-of-portal").exists()


@pytest.mark.parametrize(
    "query",
    [
        "since=-1",
        "since=x",
        "since=",
        "since=1.0",
        "since=1e3",
        "since=\N{ARABIC-INDIC DIGIT ONE}",
        "since=\N{SUPERSCRIPT TWO}",
        "since=4611686018427387905",
        "since=" + "9" * 5000,
        "since=" + "0" * 20 + "9" * 30,
        "since=" + "0" * 5000,
        "wait=61",
        "wait=-1",
        "wait=x",
        "wait=" + "0" * 20 + "9999",
        "since=1&wait=NaN",
    ],
    ids=lambda query: ascii(query[:40]),
)
def test_numbers_out_of_bounds_are_refused(agent: Machine, query: str):
    assert reason_of(agent.get(f"{PATH}?{query}")) == (400, "malformed")


def test_a_gateway_learns_nothing_of_anothers_sensors(fleet: Fleet, agent: Machine):
    sensor = fleet.enrolled()
    other = second_gateway()
    assert state(other)["sensors"] == []
    assert sensor.subject not in str(state(other))
    theirs = register_sensor(
        site=fleet.world.dairy,
        gateway=Gateway.objects.get(name="gateway-2"),
        name="box-9",
        line="2.4",
        registered_by=ACTOR,
    )
    assert [each["subject"] for each in state(other)["sensors"]] == [theirs.subject]
    assert [each["subject"] for each in state(agent)["sensors"]] == [sensor.subject]


def test_each_gateway_has_a_tunnel_key_of_its_own(agent: Machine):
    first = agent.get("/v1/gateway/tls-crypt-v2-key")
    second = second_gateway().get("/v1/gateway/tls-crypt-v2-key")
    assert first["Content-Type"] == "application/x-pem-file"
    assert first["Cache-Control"] == "no-store"
    assert first.content.startswith(b"-----BEGIN OpenVPN tls-crypt-v2 server key-----")
    assert first.content == agent.get("/v1/gateway/tls-crypt-v2-key").content
    assert first.content != second.content


def test_the_state_holds_no_secret(fleet: Fleet, agent: Machine):
    fleet.enrolled()
    text = str(state(agent))
    key = agent.get("/v1/gateway/tls-crypt-v2-key").content.decode()
    assert "PRIVATE KEY" not in text
    assert key.splitlines()[1] not in text
