import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError

from accounts.operations.add_person import add_person
from accounts.operations.invite_person import invite_person
from notices.models import Mail
from tenants.models import AuditEntry, Customer, Person
from tenants.operations.grant_role import revoke_roles
from tenants.roles import ProviderRole
from tests.support.tenants.making import ACTOR, BAD_NAMES
from tests.support.world import World


def invite(customer, role: str, email: str = "New@Example.org", name: str = "New") -> Person:
    return invite_person(email=email, name=name, phone="", customer=customer, role=role, invited_by=ACTOR)


def test_an_invited_person_has_the_role_and_no_other(world: World):
    person = invite(world.harbour, "viewer")
    assert list(Customer.objects.visible_to(person)) == [world.harbour]
    assert person.provider_roles() == set()


def test_provider_staff_are_invited_without_a_customer(world: World):
    assert invite(None, "auditor").provider_roles() == {ProviderRole.AUDITOR}


def test_without_a_password_nobody_can_sign_in(world: World):
    person = invite(world.harbour, "viewer")
    assert not person.has_usable_password()
    assert authenticate(email=person.email, password="") is None
    assert authenticate(email=person.email, password=None) is None


def test_the_mail_says_where_to_set_one_and_holds_no_secret(world: World, settings):
    invite(world.harbour, "viewer")
    mail = Mail.objects.get(recipient="new@example.org")
    assert f"{settings.BASE_URL}/" in mail.body
    assert "Harbour Logistics" in mail.body
    assert "token" not in mail.body


@pytest.mark.parametrize(
    ("at_customer", "role"), [(True, "administrator"), (False, "manager"), (True, ""), (False, "x")]
)
def test_a_role_of_the_other_kind_is_refused_and_leaves_no_account(world: World, at_customer: bool, role: str):  # noqa: FBT001
    with pytest.raises(ValueError, match="is not a valid"):
        invite(world.harbour if at_customer else None, role)
    assert not Person.objects.filter(email="new@example.org").exists()
    assert not Mail.objects.exists()


def test_an_address_is_one_account_whatever_its_case(world: World):
    invite(world.harbour, "viewer")
    with pytest.raises(ValidationError, match="already exists"):
        invite(world.harbour, "viewer", email="NEW@example.ORG")


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a b@example.org", "x@example.org\nBcc: y@example.org", "x\0@example.org"]
)
def test_what_is_no_mail_address_is_refused(world: World, email: str):
    with pytest.raises(ValidationError):
        invite(world.harbour, "viewer", email=email)


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_a_name_that_could_deceive_is_refused(world: World, name: str):
    with pytest.raises(ValidationError):
        add_person(email="new@example.org", name=name, added_by=ACTOR)


def test_adding_is_noted_in_the_providers_chain_without_the_password(world: World):
    add_person(email="new@example.org", name="New", added_by=ACTOR, password="a password of the tests")
    entry = AuditEntry.objects.get(action="person:add", subject="new@example.org")
    assert entry.chain.customer is None
    assert entry.details == {"name": "New"}
    assert "a password of the tests" not in Person.objects.get(email="new@example.org").password


def test_a_disabled_account_comes_back_by_an_invitation_without_its_old_password_and_role(world: World):
    revoke_roles(person=world.manager, revoked_by=ACTOR)
    person = invite(world.meadow, "viewer", email=world.manager.email)
    assert person.pk == world.manager.pk
    assert person.is_active
    assert not person.has_usable_password()
    assert list(Customer.objects.visible_to(person)) == [world.meadow]
