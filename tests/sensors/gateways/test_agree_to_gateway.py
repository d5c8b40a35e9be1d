"""What two people want of a gateway: asked for by one, agreed to by another, and done once."""

from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from database.roles.declaration import PEOPLE
from notices.models import Mail
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.gateways.operations.agree_to_gateway import agree_to_gateway
from sensors.gateways.operations.collect_gateway_code import CODE_WAITS, collect_gateway_code
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.gateways.operations.request_gateway_change import request_gateway_change
from sensors.gateways.operations.request_gateway_code import request_gateway_code
from sensors.gateways.operations.request_gateway_registration import request_gateway_registration
from sensors.models import EnrolmentCode, Gateway
from tenants.models import Approval, AuditEntry
from tenants.operations.decide_approval import ApprovalRefused, refuse_approval
from tenants.operations.grant_role import revoke_roles
from tests.support.at_once import at_once
from tests.support.fleet import ACTOR, Fleet, new_csr, sign_waiting
from tests.support.roles import acting_as

NEW: dict[str, Any] = {
    "name": "gateway-9", "host": "gw9.example", "port": 1195, "network": "10.99.0.0/16",
    "base_networks": ["10.30.0.0/24"],
}  # fmt: skip


def registration(fleet: Fleet, **different: Any) -> Approval:
    with acting_as(PEOPLE):
        return request_gateway_registration(
            **(NEW | different), reason="For the north.", requested_by=fleet.world.operator
        )


def change(fleet: Fleet, **different: Any) -> Approval:
    wanted: dict[str, Any] = {
        "host": "gw1.example",
        "port": 443,
        "tcp_port": None,
        "base_networks": ["10.20.0.0/24"],
        "mssfix": 1400,
    } | different
    with acting_as(PEOPLE):
        return request_gateway_change(
            gateway=fleet.gateway, **wanted, reason="New line.", requested_by=fleet.world.operator
        )


def code(fleet: Fleet) -> Approval:
    with acting_as(PEOPLE):
        return request_gateway_code(gateway=fleet.gateway, reason="New disk.", requested_by=fleet.world.operator)


def agree(fleet: Fleet, approval: Approval, by: Any = None) -> Approval:
    with acting_as(PEOPLE):
        return agree_to_gateway(approval=approval.pk, approved_by=by or fleet.world.administrator)


def collect(fleet: Fleet, approval: Approval, by: Any = None) -> str:
    with acting_as(PEOPLE):
        return collect_gateway_code(approval=approval.pk, collected_by=by or fleet.world.operator)


def test_it_is_registered_as_it_was_asked_for(fleet: Fleet):
    asked = registration(fleet)
    assert not Gateway.objects.filter(name="gateway-9").exists()
    agree(fleet, asked)
    made = Gateway.objects.get(name="gateway-9")
    assert {name: getattr(made, name) for name in NEW} == NEW
    told = Mail.objects.filter(subject="Registered: gateway gateway-9")
    assert told.count() == 3
    assert "operator@example.org" in told[0].body
    assert "Agreed    Administrator (administrator@example.org)" in told[0].body


def test_it_is_changed_as_it_was_asked_for(fleet: Fleet):
    before = fleet.gateway
    asked = change(fleet)
    assert fleet.gateway.host == before.host
    agree(fleet, asked)
    after = fleet.gateway
    assert (after.host, after.port, after.base_networks) == ("gw1.example", 443, ["10.20.0.0/24"])
    assert after.config_generation > before.config_generation
    assert Mail.objects.filter(subject="Changed: gateway gateway-1").count() == 3


def test_networks_that_are_written_otherwise_are_what_was_agreed_to(fleet: Fleet):
    agree(fleet, change(fleet, base_networks=["10.20.0.0/24", "10.40.1.0/24"]))
    agree(fleet, registration(fleet, base_networks=["10.30.0.5"], network=" 10.99.0.0/16"))
    assert Gateway.objects.get(name="gateway-9").base_networks == ["10.30.0.5/32"]


def test_a_code_is_shown_to_whoever_asked_once(fleet: Fleet):
    asked = code(fleet)
    for early in (fleet.world.operator, fleet.world.administrator):
        with pytest.raises(ApprovalRefused):
            collect(fleet, asked, early)
    agree(fleet, asked)
    with pytest.raises(ApprovalRefused, match="Only the one who asked"):
        collect(fleet, asked, fleet.world.administrator)
    shown = collect(fleet, asked)
    with pytest.raises(ApprovalRefused, match="was shown"):
        collect(fleet, asked)
    with acting_as(PEOPLE):
        request_enrolment(code=shown, csr=new_csr(), source="198.51.100.1")
    assert sign_waiting() == 1
    subjects = Mail.objects.filter(about=fleet.gateway.about).values_list("subject", flat=True)
    assert set(subjects) == {
        "Agreed: a code for gateway gateway-1 may be fetched",
        "Code issued for gateway gateway-1",
        "A machine has enrolled as gateway gateway-1",
    }
    assert subjects.count() == 9
    assert not any(shown in mail.body for mail in Mail.objects.all())


def test_of_two_who_fetch_it_at_once_one_has_it(transactional_db: None, settings: Any, tmp_path: Any):
    from tests.support.fleet import make_fleet

    fleet = make_fleet(settings, tmp_path)
    asked = agree(fleet, code(fleet))
    outcomes = at_once([partial(collect, fleet, asked)] * 4)
    assert len([one for one in outcomes if isinstance(one, str)]) == 1
    assert {type(one) for one in outcomes} == {str, ApprovalRefused}
    assert EnrolmentCode.objects.count() == 1


def test_of_two_who_agree_at_once_it_is_done_once(transactional_db: None, settings: Any, tmp_path: Any):
    from tests.support.fleet import make_fleet

    fleet = make_fleet(settings, tmp_path)
    asked = registration(fleet)
    outcomes = at_once([partial(agree, fleet, asked)] * 4)
    assert {type(one) for one in outcomes} == {Approval, ApprovalRefused}
    assert Gateway.objects.filter(name="gateway-9").count() == 1


def test_a_code_waits_for_a_day(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    asked, now = agree(fleet, code(fleet)), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + CODE_WAITS)
    with pytest.raises(ApprovalRefused, match="its time is over"):
        collect(fleet, asked)


def test_who_has_lost_the_role_does_not_get_it(fleet: Fleet):
    asked = agree(fleet, code(fleet))
    revoke_roles(person=fleet.world.operator, revoked_by=ACTOR)
    with pytest.raises(ApprovalRefused):
        collect(fleet, asked)


@pytest.mark.parametrize("who", ["auditor", "manager", "owner", "viewer", "stranger"])
def test_nobody_else_agrees(fleet: Fleet, who: str):
    with pytest.raises(ApprovalRefused, match="may not agree"):
        agree(fleet, registration(fleet), getattr(fleet.world, who))


def test_what_was_refused_or_is_too_old_is_not_agreed_to(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    refused, old = registration(fleet), code(fleet)
    refuse_approval(approval=refused.pk, about=refused.about, refused_by=fleet.world.administrator)
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + CODE_WAITS)
    for approval in (refused, old):
        with pytest.raises(ApprovalRefused):
            agree(fleet, approval)


@pytest.mark.parametrize(
    "different",
    [
        {"name": "gateway-1"},
        {"network": "10.88.5.0/24"},
        {"network": "192.0.2.0/24"},
        {"host": "gw\nroute 0.0.0.0"},
        {"port": 0},
        {"base_networks": ["10.99.1.0/24"]},
        {"base_networks": ["0.0.0.0/0"]},
    ],
)
def test_what_could_not_be_registered_is_not_asked_for(fleet: Fleet, different: dict[str, Any]):
    with pytest.raises(ValidationError):
        registration(fleet, **different)
    assert not Approval.objects.exists()
    assert not Mail.objects.exists()


def test_what_somebody_was_faster_with_is_said_and_can_be_refused(fleet: Fleet):
    first, second = registration(fleet), registration(fleet, name="gateway-8")
    agree(fleet, first)
    with pytest.raises(ValidationError, match="overlaps"):
        agree(fleet, second)
    assert Approval.objects.get(pk=second.pk).verdict == ""
    refuse_approval(approval=second.pk, about=second.about, refused_by=fleet.world.administrator)


def test_a_change_of_nothing_is_not_asked_for(fleet: Fleet):
    place = fleet.gateway
    with pytest.raises(ValidationError, match="Nothing is different"):
        change(fleet, host=place.host, port=place.port, base_networks=place.base_networks)


def test_the_largest_packet_is_agreed_to_and_reaches_the_gateway(fleet: Fleet):
    agree(fleet, change(fleet, mssfix=1280))
    agree(fleet, registration(fleet, mssfix=1300))
    assert list(Gateway.objects.order_by("name").values_list("mssfix", flat=True)) == [1280, 1300]
    fleet.gateway.refresh_from_db()
    assert "\nmssfix 1280\n" in describe_gateway_state(gateway=fleet.gateway, since=0)["config"]["server_conf"]


def test_who_was_asked_before_packets_were_a_choice_has_agreed_to_the_usual_ones(fleet: Fleet):
    """A request that waited while the portal was upgraded."""
    waiting = change(fleet)
    del waiting.details["mssfix"]
    waiting.save()
    agree(fleet, waiting)
    fleet.gateway.refresh_from_db()
    assert (fleet.gateway.host, fleet.gateway.mssfix) == ("gw1.example", 1400)


def test_the_tcp_port_is_agreed_to_and_brings_the_gateway_a_second_configuration(fleet: Fleet):
    agree(fleet, change(fleet, tcp_port=443))
    fleet.gateway.refresh_from_db()
    config = describe_gateway_state(gateway=fleet.gateway, since=0)["config"]
    assert "\nport 443\nproto tcp6-server\n" in config["server_tcp_conf"]
    assert "tcp" not in config["server_conf"]
    agree(fleet, change(fleet, tcp_port=None))
    fleet.gateway.refresh_from_db()
    assert fleet.gateway.tcp_port is None
    config = describe_gateway_state(gateway=fleet.gateway, since=0)["config"]
    assert set(config) == {"server_conf", "firewall"}, "an agent of an earlier version takes it"


def test_who_was_asked_before_there_was_tcp_has_agreed_to_none(fleet: Fleet):
    waiting = change(fleet)
    del waiting.details["tcp_port"]
    waiting.save()
    agree(fleet, waiting)
    fleet.gateway.refresh_from_db()
    assert (fleet.gateway.host, fleet.gateway.tcp_port) == ("gw1.example", None)


def test_one_thing_waits_at_a_time(fleet: Fleet):
    code(fleet)
    for ask in (code, change):
        with pytest.raises(ValidationError, match="waits for a second person"):
            ask(fleet)


def test_who_wanted_what_stands_in_the_audit_trail(fleet: Fleet):
    agree(fleet, registration(fleet))
    collect(fleet, agree(fleet, code(fleet)))
    trail = list(AuditEntry.objects.filter(chain__name="provider").order_by("sequence").values_list("actor", "action"))
    assert trail[-6:] == [
        ("person:operator@example.org", "approval:request"),
        ("person:administrator@example.org", "approval:approved"),
        ("person:operator@example.org", "gateway:register"),
        ("person:operator@example.org", "approval:request"),
        ("person:administrator@example.org", "approval:approved"),
        ("person:operator@example.org", "gateway:enrolment-code:issue"),
    ]
