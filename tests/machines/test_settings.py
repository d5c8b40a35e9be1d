"""A box asks what of its settings has changed at base."""

import hashlib
import re
from typing import Any

import pytest

from sensors.models import Gateway, Sensor
from sensors.states import SensorState
from tests.support.fleet import Fleet
from tests.support.machines_door import Machine, reason_of

PATH = "/v1/settings"


def digest_of(members: dict[str, str]) -> str:
    named = ("machines_door_url", "address", "underlay", "openvpn_config")
    text = "nsmaas settings v1\n" + "\n".join(members[name] for name in named)
    return hashlib.sha256(text.encode()).hexdigest()


def test_it_is_told_what_enrolment_told_it(fleet: Fleet, box: Machine, settings: Any):
    answer = box.get(PATH)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    members = answer.json()
    assert {name: members[name] for name in ("machines_door_url", "address", "underlay")} == {
        "machines_door_url": settings.MACHINES_DOOR_URL,
        "address": Sensor.objects.get().address,
        "underlay": "10.88.0.0/16",
    }
    assert f"\nremote {fleet.gateway.host} 1194\n" in members["openvpn_config"]
    assert set(members) == {"machines_door_url", "address", "underlay", "openvpn_config"}


def test_what_has_not_changed_is_said_in_no_byte(box: Machine):
    known = digest_of(box.get(PATH).json())
    answer = box.get(f"{PATH}?known={known}")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("change", [{"host": "vpn2.example.org"}, {"port": 443}, {"tcp_port": 443}, {"mssfix": 1300}])
def test_what_changes_at_base_is_told(box: Machine, change: dict[str, Any]):
    known = digest_of(box.get(PATH).json())
    Gateway.objects.update(**change)
    answer = box.get(f"{PATH}?known={known}")
    assert answer.status_code == 200
    assert str(*change.values()) in answer.json()["openvpn_config"]


def test_a_door_with_another_address_is_told(box: Machine, settings: Any):
    known = digest_of(box.get(PATH).json())
    settings.MACHINES_DOOR_URL = "https://door.example.org:8443"
    assert box.get(f"{PATH}?known={known}").json()["machines_door_url"] == "https://door.example.org:8443"


def test_it_is_told_nothing_of_another_box(fleet: Fleet, box: Machine):
    other = fleet.connected("box-2")
    for query in (f"?sensor={other.pk}", f"?subject={other.subject}", ""):
        text = box.get(PATH + query).content.decode()
        assert other.address not in re.findall(r"[0-9.]+", text)
        assert other.subject not in text


@pytest.mark.parametrize("known", ["x", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "%0a", "'%3b--"])
def test_what_is_no_digest_is_refused(box: Machine, known: str):
    assert reason_of(box.get(f"{PATH}?known={known}")) == (400, "malformed")


def test_a_reported_box_is_told_nothing(fleet: Fleet):
    sensor = fleet.connected()
    machine = Machine.with_certificate(fleet.certificate_of(sensor), sensor.address)
    fleet.reported(sensor)
    assert reason_of(machine.get(PATH)) == (403, "certificate-refused")


@pytest.mark.parametrize("state", sorted(set(SensorState) - {SensorState.IN_SERVICE}))
def test_a_box_out_of_service_is_told_nothing_whatever_its_certificate(box: Machine, state: SensorState):
    Sensor.objects.update(state=state)
    assert reason_of(box.get(PATH)) == (403, "not-in-service")
