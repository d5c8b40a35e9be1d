"""Promise 3: cutting one sensor off changes nothing for another and restarts nothing.

Live in tests/gateway/test_cut_off_live.py, test_crashes.py and tests/journey, where the other boxes' tunnels are
counted. Here: what a gateway is told, which is all that it acts on.
"""

import json

import pytest

from pki.models import Certificate
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.keys.release_decision import Outcome
from sensors.models import Gateway, GatewaySlot, Session
from tests.support.fleet import Fleet, as_reported


@pytest.fixture
def before(fleet: Fleet) -> dict[str, object]:
    """Ten others of both customers, connected."""
    for number in range(10):
        fleet.connected(f"other-{number}", site=fleet.world.quay if number % 2 else fleet.world.dairy)
    return snapshot(fleet, "")


def snapshot(fleet: Fleet, stolen: str) -> dict[str, object]:
    """All that concerns the others; `stolen` is a subject."""
    entries = describe_gateway_state(gateway=fleet.gateway, since=0)["sensors"]
    return {
        "sessions": list(Session.objects.exclude(sensor__subject=stolen).order_by("pk").values()),
        "slots": list(
            GatewaySlot.objects.exclude(sensor__subject=stolen).order_by("pk").values("sensor", "generation")
        ),
        "told": [entry for entry in entries if entry["subject"] != stolen],
        "valid": list(Certificate.objects.exclude(subject=stolen).not_revoked().order_by("pk").values("serial")),
        "configuration": Gateway.objects.values("config_generation").get(),
    }


def test_the_gateway_is_told_of_the_stolen_box_alone_and_of_no_new_configuration(
    fleet: Fleet, before: dict[str, object]
):
    stolen = fleet.connected("stolen", public_address="198.51.100.21")
    since = fleet.gateway.generation
    fleet.reported(stolen)
    news = describe_gateway_state(gateway=fleet.gateway, since=since)
    assert [entry["subject"] for entry in news["sensors"]] == [stolen.subject]
    # A server.conf that is sent anew would have OpenVPN restarted, and all sessions dropped with it.
    assert (news["config"], news["full"]) == (None, False)


def test_nothing_of_the_others_changes_up_to_the_confirmed_cut(fleet: Fleet, before: dict[str, object]):
    stolen = fleet.connected("stolen")
    fleet.reported(stolen)
    fleet.observe(down=[stolen.subject], cuts=[fleet.cut_of(stolen)])
    assert json.dumps(snapshot(fleet, stolen.subject), default=str) == json.dumps(before, default=str)


def test_the_others_get_their_keys_as_before(fleet: Fleet):
    stolen, other = fleet.connected("stolen"), fleet.connected("other")
    fleet.reported(stolen)
    answer = release_disk_key(
        sensor=other, certificate=fleet.certificate_of(other), source=other.address, confirmation=as_reported(other)
    )
    assert answer.verdict.outcome is Outcome.RELEASED
