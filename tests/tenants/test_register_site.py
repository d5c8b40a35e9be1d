import ipaddress

import pytest
from django.core.exceptions import ValidationError

from tenants.models import AuditEntry, Site
from tenants.operations.change_site import change_site
from tenants.operations.register_site import register_site
from tests.support.audit_rows import actions
from tests.support.tenants.making import ACTOR, BAD_NAMES
from tests.support.world import World

NOT_NETWORKS = {
    "none at all": [],
    "one that is empty": [""],
    "an address with host bits": ["203.0.113.7/24"],
    "a name": ["example.org"],
    "a prefix that is too long": ["203.0.113.0/33"],
    "a second line": ["203.0.113.0/24\n0.0.0.0/0"],
    "an interface behind the address": ["fe80::1%\nx/128"],
    "a number": [16_909_060],
    "something else than a list": "0.0.0.0/0",
    "one good and one bad": ["203.0.113.0/24", "rubbish"],
}


def make(world: World, networks, name: str = "Quay 9") -> Site:
    return register_site(customer=world.harbour, name=name, expected_networks=networks, registered_by=ACTOR)


def test_networks_are_kept_in_their_canonical_form(world: World):
    site = make(world, [" 203.0.113.0/24 ", "198.51.100.7", "2001:DB8:0:0::/32"])
    assert Site.objects.get(pk=site.pk).expected_networks == ["203.0.113.0/24", "198.51.100.7/32", "2001:db8::/32"]


@pytest.mark.parametrize("networks", NOT_NETWORKS.values(), ids=NOT_NETWORKS.keys())
def test_what_is_no_list_of_networks_is_refused(world: World, networks):
    with pytest.raises(ValidationError):
        make(world, networks)
    assert not Site.objects.filter(name="Quay 9").exists()


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_a_name_that_could_deceive_is_refused(world: World, name: str):
    with pytest.raises(ValidationError):
        make(world, ["203.0.113.0/24"], name)


def test_two_customers_may_use_the_same_name_and_one_may_not(world: World):
    register_site(customer=world.meadow, name="Quay 7", expected_networks=["203.0.113.0/24"], registered_by=ACTOR)
    with pytest.raises(ValidationError):
        make(world, ["203.0.113.0/24"], "Quay 7")


def test_it_expects_what_is_inside_and_nothing_beside(world: World):
    site = make(world, ["203.0.113.0/28", "2001:db8::/32"])
    expected = {
        text: site.expects(ipaddress.ip_address(text))
        for text in ("203.0.113.15", "203.0.113.16", "2001:db8::1", "2001:db9::1")
    }
    assert list(expected.values()) == [True, False, True, False]


def test_a_change_notes_both_what_was_and_what_is(world: World):
    change_site(site=world.quay, name="Quay 8", expected_networks=["203.0.113.0/24"], changed_by=ACTOR)
    entry = AuditEntry.objects.filter(subject=f"site:{world.quay.pk}").latest("pk")
    assert entry.action == "site:change"
    assert entry.details == {
        "from": {"name": "Quay 7", "expected_networks": ["198.51.100.21/32"]},
        "to": {"name": "Quay 8", "expected_networks": ["203.0.113.0/24"]},
    }


@pytest.mark.parametrize("networks", NOT_NETWORKS.values(), ids=NOT_NETWORKS.keys())
def test_a_change_that_is_refused_changes_nothing(world: World, networks):
    with pytest.raises(ValidationError):
        change_site(site=world.quay, name="Quay 8", expected_networks=networks, changed_by=ACTOR)
    site = Site.objects.get(pk=world.quay.pk)
    assert (site.name, site.expected_networks) == ("Quay 7", ["198.51.100.21/32"])
    assert actions(f"site:{site.pk}") == ["site:register"]


def test_sites_are_seen_by_who_sees_the_customers_sensors(world: World):
    assert list(Site.objects.visible_to(world.viewer)) == [world.quay]
    assert list(Site.objects.visible_to(world.stranger)) == [world.dairy]
