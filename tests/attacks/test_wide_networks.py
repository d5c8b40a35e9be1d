"""An expected network that fits everywhere lets a thief's copy have the key at the thief's. Once one operator alone
could enter 0.0.0.0/0 at any customer's; the customer's people got a mail like any other.
"""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tenants.models import Approval, Site
from tenants.operations.change_site import change_site
from tenants.operations.register_site import register_site
from tests.support.admin_lists import page_of
from tests.support.fleet import Fleet
from tests.support.signed_in import As

ANYWHERE = {
    "everywhere": ["0.0.0.0/0"],
    "everywhere in IPv6": ["::/0"],
    "in two halves": ["0.0.0.0/1", "128.0.0.0/1"],
    "in many parts": [f"203.{number}.0.0/17" for number in range(3)],
    "neighbours": ["203.0.0.0/16", "203.1.0.0/16"],
    "a mask": ["0.0.0.0/0.0.0.0"],
    "private": ["192.168.1.0/24"],
    "a carrier's": ["100.64.7.7/32"],
    "local in IPv6": ["fd00::/64"],
    "IPv4 in IPv6": ["::ffff:0:0/96"],
    "wide in IPv6": ["2001:db8::/32"],
}
WHY = {"reason": "They roam."}


@pytest.fixture(params=list(ANYWHERE.values()), ids=list(ANYWHERE))
def networks(request: Any) -> list[str]:
    return list(request.param)


def test_one_operator_changes_a_site_to_none_by_any_door(fleet: Fleet, signed_in: As, networks: list[str]):
    site, client = fleet.world.quay, signed_in(fleet.world.operator)
    with pytest.raises(ValidationError, match="two people"):
        change_site(site=site, name=site.name, expected_networks=networks, changed_by=fleet.world.operator.actor)
    answer = client.post(
        f"/admin/tenants/site/{site.pk}/change/", {"name": "Q", "expected_networks": "\n".join(networks)}
    )
    assert (answer.status_code, "Another person has to agree" in answer.content.decode()) == (200, True)
    assert Site.objects.get(pk=site.pk).expected_networks == ["198.51.100.21/32"]


def test_one_operator_registers_no_site_with_them(fleet: Fleet, signed_in: As, networks: list[str]):
    """A box would be moved there."""
    client, harbour = signed_in(fleet.world.operator), fleet.world.harbour
    with pytest.raises(ValidationError, match="two people"):
        register_site(
            customer=harbour, name="Pier", expected_networks=networks, registered_by=fleet.world.operator.actor
        )
    values = {"customer": str(harbour.pk), "name": "Pier"}
    answer = client.post("/admin/tenants/site/add/", values | {"expected_networks": "\n".join(networks)})
    assert (answer.status_code, "two people" in answer.content.decode()) == (200, True)
    body = values | {"expected_networks": networks}
    answer = client.post("/api/v1/sites/", body, content_type="application/json")
    assert (answer.status_code, "two people" in answer.content.decode()) == (400, True)
    assert not Site.objects.filter(name="Pier").exists()


def test_another_person_agrees_and_reads_what_it_means(fleet: Fleet, signed_in: As):
    page = f"/admin/tenants/site/{fleet.world.quay.pk}/change/"
    values = {"name": "Quay 7", "expected_networks": "0.0.0.0/0"}
    assert signed_in(fleet.world.operator).post(page, values | WHY).status_code == 302
    approval = Approval.objects.undecided().get()
    signed_in(fleet.world.operator).post(page_of(approval), {"do": "agree"})
    assert Site.objects.get(pk=fleet.world.quay.pk).expected_networks == ["198.51.100.21/32"], "nobody alone"
    other = signed_in(fleet.world.administrator)
    assert "0.0.0.0/0 means anywhere" in other.get(page_of(approval)).content.decode()
    other.post(page_of(approval), {"do": "agree"})
    assert Site.objects.get(pk=fleet.world.quay.pk).expected_networks == ["0.0.0.0/0"]


def test_what_is_expected_already_is_no_reason_for_two(fleet: Fleet):
    site = fleet.world.quay
    Site.objects.filter(pk=site.pk).update(expected_networks=["0.0.0.0/0"])
    narrower = ["192.168.0.0/16"]
    changed = change_site(site=site, name="Q", expected_networks=narrower, changed_by=fleet.world.operator.actor)
    assert changed.expected_networks == narrower


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("192.0.2.7/24", "192.0.2.7/32 or 192.0.2.0/24"),
        ("192.0.2.7/255.255.255.0", "192.0.2.7/32 or 192.0.2.0/24"),
        ("2001:db8::7/64", "2001:db8::7/128 or 2001:db8::/64"),
    ],
)
def test_an_address_within_a_network_is_never_taken_for_all_of_it(
    fleet: Fleet, signed_in: As, typed: str, offered: str
):
    client = signed_in(fleet.world.operator)
    values = {"customer": str(fleet.world.harbour.pk), "name": "Pier"}
    for answer in (
        client.post("/admin/tenants/site/add/", values | {"expected_networks": typed}),
        client.post("/api/v1/sites/", values | {"expected_networks": [typed]}, content_type="application/json"),
        client.post(f"/admin/tenants/site/{fleet.world.quay.pk}/change/", values | {"expected_networks": typed}),
    ):
        assert f"Did you mean {offered}" in answer.content.decode()
    assert not Site.objects.filter(name="Pier").exists()
