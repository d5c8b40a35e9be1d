from functools import partial

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.operations.record_sign_in import Caller, Step, record_sign_in
from tenants.models import AuditEntry, Customer, Person
from tenants.operations.grant_role import grant_customer_role, grant_provider_role, revoke_roles
from tenants.roles import CustomerRole, Permission, ProviderRole
from tests.support.at_once import at_once, results
from tests.support.tenants.making import ACTOR, fresh
from tests.support.world import World, make_world


def may_report(person: Person) -> bool:
    return Customer.objects.permitting(person, Permission.LOSS_REPORT).exists()


def test_a_second_role_at_a_customer_replaces_the_first(world: World):
    grant_customer_role(
        person=world.manager, customer=world.harbour, role=CustomerRole.VIEWER, granted_by=world.administrator.actor
    )
    assert list(world.manager.groups.values_list("customerrolegroup__role", flat=True)) == ["viewer"]
    assert not may_report(fresh(world.manager))


def test_a_role_at_one_customer_leaves_that_at_another_alone(world: World):
    grant_customer_role(person=world.stranger, customer=world.harbour, role=CustomerRole.VIEWER, granted_by=ACTOR)
    assert set(Customer.objects.visible_to(fresh(world.stranger))) == {world.harbour, world.meadow}
    assert list(Customer.objects.permitting(fresh(world.stranger), Permission.LOSS_REPORT)) == [world.meadow]


def test_a_second_role_at_the_provider_replaces_the_first(world: World):
    grant_provider_role(person=world.administrator, role=ProviderRole.AUDITOR, granted_by=ACTOR)
    person = fresh(world.administrator)
    assert person.provider_roles() == {ProviderRole.AUDITOR}
    assert not may_report(person)


def test_a_role_at_a_customer_does_not_open_the_admin(world: World):
    assert not fresh(world.manager).is_staff
    assert fresh(world.auditor).is_staff


def test_a_grant_names_who_gave_what_to_whom(world: World):
    grant_customer_role(
        person=world.viewer, customer=world.harbour, role=CustomerRole.CONTACT, granted_by=world.administrator.actor
    )
    entry = AuditEntry.objects.filter(chain__customer=world.harbour).latest("pk")
    assert (entry.actor, entry.action, entry.subject, entry.details) == (
        "person:administrator@example.org",
        "person:role:grant",
        "viewer@example.org",
        {"role": "contact"},
    )


@pytest.mark.parametrize("name", ["manager", "administrator"])
def test_revoking_ends_every_permission_and_the_right_to_sign_in(world: World, name: str):
    revoke_roles(person=getattr(world, name), revoked_by=ACTOR)
    person = fresh(getattr(world, name))
    assert (person.is_active, person.is_staff, person.groups.count()) == (False, False, 0)
    assert not Customer.objects.visible_to(person).exists()


def test_revoking_ends_a_session_that_is_open(world: World, client):
    client.force_login(world.manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    revoke_roles(person=world.manager, revoked_by=ACTOR)
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_revoking_is_noted_at_each_customer_and_at_the_provider(world: World):
    grant_customer_role(person=world.stranger, customer=world.harbour, role=CustomerRole.VIEWER, granted_by=ACTOR)
    revoke_roles(person=world.stranger, revoked_by=ACTOR)
    noted = AuditEntry.objects.filter(
        subject="stranger@example.org", action__in=["person:role:revoke", "person:disable"]
    )
    where = set(noted.values_list("chain__customer__slug", "action"))
    assert where == {("harbour", "person:role:revoke"), ("meadow", "person:role:revoke"), (None, "person:disable")}


def test_revoking_leaves_everybody_elses_roles_alone(world: World):
    revoke_roles(person=world.manager, revoked_by=ACTOR)
    assert may_report(fresh(world.owner))
    assert fresh(world.operator).provider_roles() == {ProviderRole.OPERATOR}


@pytest.mark.django_db(transaction=True)
def test_who_is_disabled_while_signing_in_locks_nobody_out():
    """Both lock the person's row and then chains; the other way round PostgreSQL ends one of them with an error."""
    world = make_world()

    def sign_in() -> None:
        with transaction.atomic():
            world.manager.save(update_fields=["last_login"])
            record_sign_in(
                person=world.manager, step=Step.BEGIN, actor=world.manager.actor, caller=Caller("192.0.2.1", "")
            )

    for _ in range(20):
        results(at_once([sign_in, partial(revoke_roles, person=world.manager, revoked_by=ACTOR), sign_in]))
    assert not fresh(world.manager).is_active
