from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from database.roles.declaration import PEOPLE
from notices.models import Mail
from pki.models import Certificate
from sensors.artifacts.operations.describe_box_settings import describe_box_settings
from sensors.cases.operations.confirm_cut_off import confirm_cut_off
from sensors.cases.operations.move_sensor import move_sensor
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.models import Gateway, GatewaySlot, Measure, Sensor, SensorMove, Session, UnderlayAddress
from tenants.models import AuditEntry, Site
from tests.support.fleet import ACTOR, Fleet, announce_changes, new_csr
from tests.support.roles import acting_as


def move(fleet: Fleet, sensor: Sensor, **to: Any) -> Sensor:
    with acting_as(PEOPLE):
        place = {"site": sensor.site, "gateway": sensor.gateway} | to
        return move_sensor(sensor=sensor, **place, moved_by=fleet.world.operator.actor)


def told_to(gateway: Gateway, sensor: Sensor) -> dict[str, Any]:
    told = describe_gateway_state(gateway=gateway, since=0)["sensors"]
    return next(one for one in told if one["subject"] == sensor.subject)


def test_at_another_site_it_keeps_its_tunnel_and_the_networks_there_count(fleet: Fleet, pier: Site):
    sensor, before = fleet.connected(), fleet.gateway.generation
    address = sensor.address
    moved = Sensor.objects.get(pk=move(fleet, sensor, site=pier).pk)
    assert (moved.site, moved.address, moved.state) == (pier, address, "in-service")
    assert told_to(fleet.gateway, moved)["allowed"]
    assert fleet.gateway.generation > before
    entry = AuditEntry.objects.latest("pk")
    at_gateway = {"gateway": "gateway-1", "address": address}
    assert (entry.action, entry.actor) == ("sensor:move", str(fleet.world.operator.actor))
    assert entry.details == {"from": {"site": "Quay 7"} | at_gateway, "to": {"site": "Pier 2"} | at_gateway}


def test_at_another_gateway_it_has_an_address_there_and_the_first_lets_go_of_it(fleet: Fleet, other: Gateway):
    sensor = fleet.connected()
    certificate, left = fleet.certificate_of(sensor), sensor.underlay_address
    generations = (fleet.gateway.generation, other.generation)
    moved = Sensor.objects.select_related("gateway").get(pk=move(fleet, sensor, gateway=other).pk)
    assert (moved.gateway, moved.address) == (other, "10.99.0.2")
    assert Gateway.objects.get(pk=other.pk).generation > generations[1]
    assert fleet.gateway.generation > generations[0]
    there, here = told_to(fleet.gateway, moved), told_to(other, moved)
    assert (there["address"], there["allowed"], there["client_config"]) == (left.address, False, None)
    assert there["revoked_serials"] == here["revoked_serials"] == [certificate.serial]
    assert (here["address"], here["allowed"]) == ("10.99.0.2", False)
    assert UnderlayAddress.objects.get(pk=left.pk).released_at
    assert not Certificate.objects.of_subject(sensor.subject).filter(revocation=None).exists()


def test_a_new_code_brings_it_into_the_tunnel_of_the_other_gateway(fleet: Fleet, other: Gateway):
    moved = move(fleet, fleet.connected(), gateway=other)
    fleet.enrol(moved)
    assert told_to(other, moved)["client_config"] == "ifconfig-push 10.99.0.2 255.255.0.0\n"
    assert not told_to(fleet.gateway, moved)["allowed"]
    settings = describe_box_settings(sensor=moved)
    assert (settings.address, settings.underlay) == ("10.99.0.2", "10.99.0.0/16")


def test_an_answer_that_waits_for_a_box_is_no_way_into_the_gateway_that_it_left(fleet: Fleet, other: Gateway):
    sensor = fleet.register()
    code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    request = request_enrolment(code=code, csr=new_csr(), source="198.51.100.21")
    move(fleet, sensor, gateway=other)
    request.refresh_from_db()
    assert request.refused_because == "the sensor was moved"


def test_a_cut_is_confirmed_by_the_gateway_that_it_left_too_while_that_has_its_tunnel(fleet: Fleet, other: Gateway):
    sensor = fleet.connected()
    moved = move(fleet, sensor, gateway=other)
    case = fleet.reported(moved)
    waiting = Measure.objects.filter(case=case, done_at=None)
    assert set(waiting.values_list("gateway__name", flat=True)) == {"gateway-1", "gateway-2"}
    for gateway in (other, fleet.gateway):
        assert not type(case).objects.get(pk=case.pk).confirmed_at
        generation = GatewaySlot.objects.get(gateway=gateway, sensor=moved).generation
        cut = fleet.cut_of(moved, generation=generation)
        confirm_cut_off(gateway=gateway, cut=cut, observed_at=timezone.now())
    assert type(case).objects.get(pk=case.pk).confirmed_at
    assert not Session.objects.current().exists()


def test_people_are_told_from_where_to_where(fleet: Fleet, pier: Site):
    move(fleet, fleet.connected(), site=pier)
    announce_changes()
    mail = Mail.objects.filter(subject="Sensor moved: box-1 of Harbour Logistics", recipient="owner@example.org").get()
    for words in ("Quay 7", "Pier 2", "203.0.113.0/28", "operator@example.org"):
        assert words in mail.body
    assert SensorMove.objects.get().announced_at


def test_nobody_is_told_of_one_that_was_never_there(fleet: Fleet, pier: Site):
    move(fleet, fleet.register(), site=pier)
    announce_changes()
    assert SensorMove.objects.get().announced_at
    assert not Mail.objects.filter(subject__startswith="Sensor moved").exists()


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("another customer", "never goes from one customer to another"),
        ("an open case", "has an open case"),
        ("cut off", "has an open case"),
        ("retired", "nothing to move"),
        ("the same place", "already"),
        ("a revoked gateway", "is revoked"),
        ("a name that is taken", "has a sensor box-1 already"),
    ],
)
def test_what_is_refused_is_refused_with_words(fleet: Fleet, pier: Site, other: Gateway, why: str, words: str):
    sensor = fleet.connected()
    to: dict[str, Any] = {"site": pier}
    match why:
        case "another customer":
            to = {"site": fleet.world.dairy}
        case "an open case":
            fleet.reported(sensor)
        case "cut off":
            fleet.reported(sensor)
            fleet.observe(down=[sensor.subject], cuts=[fleet.cut_of(sensor)])
        case "retired":
            retire_sensor(sensor=sensor, retired_by=ACTOR)
        case "the same place":
            to = {}
        case "a revoked gateway":
            revoke_gateway(gateway=other, reason="Stolen.", revoked_by=fleet.world.operator)
            to = {"gateway": Gateway.objects.get(pk=other.pk)}
        case _:
            fleet.register("box-1", pier)
    with pytest.raises(ValidationError, match=words):
        move(fleet, sensor, **to)
    assert not SensorMove.objects.exists()


def test_it_can_leave_a_gateway_that_was_revoked(fleet: Fleet, other: Gateway):
    sensor = fleet.connected()
    revoke_gateway(gateway=fleet.gateway, reason="Stolen.", revoked_by=fleet.world.operator)
    assert move(fleet, sensor, gateway=other).gateway == other
