"""One operator makes himself a gateway, or becomes one that there is: registered, coded, moved, by himself alone.

The holder of a gateway sees its boxes' tunnels and says which of them are up, and a disk key rests on that.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from notices.models import Mail
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code
from sensors.fleet.gateway_steps import ACTIONS
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.gateways.operations.request_gateway_code import request_gateway_code
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.models import EnrolmentCode, Gateway
from tenants.models import Approval, Person
from tenants.second_person import SecondPersonNeeded
from tests.support.fleet import Fleet
from tests.support.inviting import invite_by_form
from tests.support.later import WEEK, later
from tests.support.second_factors import with_factor_of_now
from tests.support.signed_in import As

__all__ = ["later"]

NEW = {
    "name": "gateway-9",
    "host": "203.0.113.9",
    "port": 1194,
    "network": "10.99.0.0/16",
    "base_networks": "",
    "mssfix": 1400,
}
STAFF = {f"{name}@example.org" for name in ("administrator", "operator", "auditor")}
ADD = "/admin/sensors/gateway/add/"


def page(fleet: Fleet, name: str) -> str:
    return f"/admin/sensors/gateway/{fleet.gateway.pk}/{name}/"


def register(fleet: Fleet, client: Client) -> None:
    client.post(ADD, NEW | {"reason": "Mine."})


def move(fleet: Fleet, client: Client) -> None:
    client.post(
        page(fleet, "change"),
        {"host": "203.0.113.9", "port": 1194, "base_networks": "", "mssfix": 1400, "reason": "Mine."},
    )


def code(fleet: Fleet, client: Client) -> None:
    client.post(page(fleet, "code"), {"do": "ask", "reason": "Mine."})


def code_of_a_revoked_one(fleet: Fleet, client: Client) -> None:
    revoke_gateway(gateway=fleet.gateway, reason="Mine.", revoked_by=fleet.world.operator)
    code(fleet, client)


WAYS = [register, move, code, code_of_a_revoked_one]


def what_there_is(fleet: Fleet) -> Any:
    gateways = Gateway.objects.order_by("name").values_list("name", "host", "subject", "base_networks")
    return list(gateways), EnrolmentCode.objects.filter(gateway__isnull=False).count()


def agree(client: Client, approval: Approval) -> None:
    client.post(f"/decisions/{approval.pk}/", {"do": "agree"})


@pytest.mark.parametrize("way", WAYS)
def test_he_alone_gets_nothing(fleet: Fleet, signed_in: As, way: Callable[[Fleet, Client], None]):
    before, client = what_there_is(fleet), signed_in(fleet.world.operator)
    way(fleet, client)
    asked = Approval.objects.undecided().get()
    agree(client, asked)
    client.post(page(fleet, "code"), {"do": "collect", "approval": asked.pk})
    assert what_there_is(fleet) == before
    assert Approval.objects.get(pk=asked.pk).verdict == ""


@pytest.mark.parametrize("way", WAYS)
def test_all_of_the_staff_hear_that_he_asked(fleet: Fleet, signed_in: As, way: Callable[[Fleet, Client], None]):
    way(fleet, signed_in(fleet.world.operator))
    asked = Approval.objects.undecided().get()
    mails = Mail.objects.filter(about=f"approval:{asked.pk}")
    assert {mail.recipient for mail in mails} == STAFF
    assert "> Mine." in mails[0].body
    assert f"/decisions/{asked.pk}/" in mails[0].body


@pytest.mark.parametrize("way", WAYS)
def test_a_second_account_of_hers_is_not_a_second_person(
    fleet: Fleet, signed_in: As, way: Callable[[Fleet, Client], None]
):
    """The administrator invites an operator, who asks or agrees."""
    administrator = signed_in(fleet.world.administrator)
    evil = invite_by_form(administrator)
    assert evil
    second, before = signed_in(with_factor_of_now(evil)), what_there_is(fleet)
    way(fleet, second)
    assert not Approval.objects.undecided().exists(), "who does not count does not ask"
    before = what_there_is(fleet)
    way(fleet, administrator) if way is not code_of_a_revoked_one else code(fleet, administrator)
    agree(second, Approval.objects.undecided().get())
    assert what_there_is(fleet) == before


def test_the_operations_for_the_hosts_owner_are_nobody_elses(fleet: Fleet):
    actor = fleet.world.operator.actor
    values: dict[str, Any] = {"host": "203.0.113.9", "port": 1194, "base_networks": list[str](), "mssfix": 1400}
    with pytest.raises(SecondPersonNeeded):
        register_gateway(name="x", network="10.99.0.0/16", **values, registered_by=actor)
    with pytest.raises(SecondPersonNeeded):
        issue_gateway_code(gateway=fleet.gateway, issued_by=actor)


def test_also_what_the_hosts_owner_does_is_mailed(fleet: Fleet, capsys: pytest.CaptureFixture[str]):
    Mail.objects.all().delete()
    call_command("register_gateway", "gateway-9", "gw.example", "10.99.0.0/16", "--base-network", "10.20.0.0/24")
    call_command("issue_gateway_code", "gateway-9")
    assert EnrolmentCode.objects.filter(gateway__name="gateway-9", approval=None).count() == 1
    assert len(capsys.readouterr().out.splitlines()[-1].replace("-", "")) == 26
    for subject in ("Registered: gateway gateway-9", "Code issued for gateway gateway-9"):
        told = Mail.objects.filter(subject=subject)
        assert {mail.recipient for mail in told} == STAFF
        assert "a command on the portal's host" in told[0].body


def test_nobody_asks_for_mails_without_end(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.operator)
    for number in range(15):
        values = {"name": f"gw-{number}", "network": f"10.{100 + number}.0.0/16", "reason": "Mine."}
        client.post(ADD, NEW | values)
    assert Approval.objects.undecided().filter(action__in=ACTIONS).count() == 10


def test_after_a_week_in_the_open_an_account_counts(fleet: Fleet, signed_in: As, later: Any):
    """What the rule is: not never, but not unseen."""
    from notices.operations.send_mails import send_mails

    evil = invite_by_form(signed_in(fleet.world.administrator))
    assert evil
    with_factor_of_now(evil)
    send_mails()
    later(WEEK * 2)
    assert request_gateway_code(gateway=fleet.gateway, reason="Mine.", requested_by=Person.objects.get(pk=evil.pk))
