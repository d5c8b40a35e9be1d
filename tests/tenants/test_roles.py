"""Who may do what, written down a second time: the table in `tenants.roles` must come to the same."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as DjangoPermission

from tenants.models import Customer
from tenants.operations.register_customer import register_customer
from tenants.roles import Permission
from tests.support.tenants.making import ACTOR
from tests.support.world import World

LOOK = {"customer:view", "sensor:view", "case:view"}
WORK = LOOK | {
    "site:manage",
    "sensor:manage",
    "sensor:enrolment-code:issue",
    "gateway:manage",
    "sensor:disk-key:permit",
    "sensor:report-loss",
    "case:close",
    "approval:give",
    "audit:view",
}
EVERYTHING = WORK | {"customer:manage", "person:manage"}
AT_HARBOUR = {
    "administrator": EVERYTHING,
    "operator": WORK,
    "auditor": LOOK | {"audit:view"},
    "manager": LOOK | {"sensor:disk-key:permit", "sensor:report-loss", "approval:give", "person:manage", "audit:view"},
    "owner": LOOK | {"sensor:report-loss"},
    "viewer": LOOK,
    "stranger": set(),
}
AT_MEADOW = {
    "administrator": EVERYTHING,
    "operator": WORK,
    "auditor": LOOK | {"audit:view"},
    "manager": set(),
    "owner": set(),
    "viewer": set(),
    "stranger": LOOK | {"sensor:report-loss"},
}


def held(person, customer) -> set[str]:
    return {
        permission.value
        for permission in Permission
        if Customer.objects.permitting(person, permission).filter(pk=customer.pk).exists()
    }


@pytest.mark.parametrize("name", AT_HARBOUR)
def test_each_role_holds_what_the_table_says_and_nothing_at_another_customer(world: World, name: str):
    person = getattr(world, name)
    assert held(person, world.harbour) == AT_HARBOUR[name]
    assert held(person, world.meadow) == AT_MEADOW[name]


def test_the_table_here_speaks_of_every_permission():
    assert {permission.value for permission in Permission} == EVERYTHING


def test_a_superuser_flag_gives_nothing(world: World):
    world.stranger.is_superuser = True
    world.stranger.save()
    assert held(world.stranger, world.harbour) == set()


@pytest.mark.parametrize("name", ["administrator", "manager"])
def test_who_may_not_sign_in_holds_nothing(world: World, name: str):
    person = getattr(world, name)
    person.is_active = False
    person.save()
    assert held(person, world.harbour) == set()
    assert person.provider_roles() == set()


@pytest.mark.parametrize("through", ["person", "group"])
def test_djangos_model_wide_permission_gives_nothing(world: World, through: str):
    permission = DjangoPermission.objects.get(codename="sensor:view", content_type__app_label="tenants")
    if through == "person":
        world.stranger.user_permissions.add(permission)
    else:
        group = Group.objects.create(name="handmade")
        group.permissions.add(permission)
        world.stranger.groups.add(group)
    assert held(world.stranger, world.harbour) == set()


def test_a_customer_that_comes_later_is_the_providers_and_nobody_elses(world: World):
    late = register_customer(slug="late", name="Late Comer", registered_by=ACTOR)
    holders = {name for name in AT_HARBOUR if held(getattr(world, name), late)}
    assert holders == {"administrator", "operator", "auditor"}


def test_visible_customers_are_those_that_one_has_a_role_at(world: World):
    assert list(Customer.objects.visible_to(world.viewer)) == [world.harbour]
    assert set(Customer.objects.visible_to(world.auditor)) == {world.harbour, world.meadow}
