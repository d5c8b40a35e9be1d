"""The manager of one customer against the people of another, the provider's staff, and the own limits."""

import pytest
from django.test import Client

from notices.models import Mail
from tenants.models import Approval, AuditEntry, Customer, Person
from tenants.operations.grant_role import grant_customer_role, revoke_roles
from tenants.roles import CustomerRole
from tests.support.fleet import ACTOR
from tests.support.proven import proven
from tests.support.signed_in import As
from tests.support.world import World

NEW = {"email": "new@example.org", "name": "New", "phone": "", "role": "viewer", "reason": ""}


def roles_of(person: Person) -> set[tuple[str, str]]:
    rows = person.groups.filter(customerrolegroup__isnull=False)
    return set(rows.values_list("customerrolegroup__customer__slug", "customerrolegroup__role"))


def everything(client: Client, customer: Customer, person: Person) -> list[int]:
    """All that the pages offer about somebody, sent for this customer."""
    path = f"/people/{customer.pk}/{person.pk}/"
    bodies: list[dict[str, str]] = [
        {"do": "role", "role": "manager", "reason": "Please."},
        {"do": "role", "role": "viewer"},
        {"do": "correct", "name": "Mallory", "phone": "1"},
        {"do": "again"},
    ]
    answers = [client.get(path), client.get(f"{path}remove/"), *(client.post(path, body) for body in bodies)]
    return [answer.status_code for answer in (*answers, client.post(f"{path}remove/"))]


@pytest.mark.parametrize("whom", ["stranger", "administrator", "operator", "auditor"])
@pytest.mark.parametrize("at", ["harbour", "meadow"])
def test_nobody_of_another_customer_or_of_the_staff_is_seen_or_changed(
    world: World, manager: Client, whom: str, at: str
):
    person, customer = getattr(world, whom), getattr(world, at)
    before = (Person.objects.filter(pk=person.pk).values().get(), roles_of(person), AuditEntry.objects.count())
    assert set(everything(manager, customer, person)) == {404}
    after = (Person.objects.filter(pk=person.pk).values().get(), roles_of(person), AuditEntry.objects.count())
    assert after == before
    assert person.email not in manager.get(f"/people/{world.harbour.pk}/").content.decode()


def test_a_member_of_the_staff_with_a_role_at_the_customer_stays_out_of_reach(world: World, manager: Client):
    grant_customer_role(person=world.operator, customer=world.harbour, role=CustomerRole.VIEWER, granted_by=ACTOR)
    assert world.operator.email not in manager.get(f"/people/{world.harbour.pk}/").content.decode()
    assert set(everything(manager, world.harbour, world.operator)) == {404}
    assert Person.objects.get(pk=world.operator.pk).provider_roles() == {"operator"}


def test_nobody_is_invited_into_another_customer(world: World, manager: Client):
    assert manager.get(f"/people/{world.meadow.pk}/invite/").status_code == 404
    assert manager.post(f"/people/{world.meadow.pk}/invite/", NEW).status_code == 404
    manager.post(f"/people/{world.harbour.pk}/invite/", NEW | {"customer": str(world.meadow.pk)})
    assert roles_of(Person.objects.get(email="new@example.org")) == {("harbour", "viewer")}


@pytest.mark.parametrize("role", ["administrator", "operator", "auditor", "", "Manager"])
def test_nobody_is_invited_as_staff(world: World, manager: Client, role: str):
    body = NEW | {"role": role, "reason": "Please."}
    assert manager.post(f"/people/{world.harbour.pk}/invite/", body).status_code == 422
    assert not Person.objects.filter(email="new@example.org").exists()
    assert not Approval.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_of_an_address_that_is_taken_elsewhere_nothing_more_is_said(world: World, manager: Client, role: str):
    def said(email: str) -> str:
        body = NEW | {"email": email, "role": role, "reason": "Please."}
        answer = manager.post(f"/people/{world.harbour.pk}/invite/", body)
        assert answer.status_code == 422
        return str(answer.content.decode()).replace(email, "").split("<form class")[1].split('type="hidden"')[0]

    answers = {said(person.email) for person in (world.stranger, world.administrator, world.auditor)}
    assert len(answers) == 1
    assert not Mail.objects.filter(recipient=world.stranger.email).exists()
    assert roles_of(world.stranger) == {("meadow", "contact")}


@pytest.mark.parametrize("whom", ["stranger", "auditor"])
def test_an_account_that_has_ended_elsewhere_is_not_brought_back_under_another_name(
    world: World, manager: Client, whom: str
):
    """What its person did there would stand under the name that the manager types."""
    person = getattr(world, whom)
    revoke_roles(person=person, revoked_by=ACTOR)
    body = NEW | {"email": person.email, "name": "Mallory"}
    assert manager.post(f"/people/{world.harbour.pk}/invite/", body).status_code == 422
    assert not Person.objects.filter(name="Mallory").exists()


def test_one_of_the_own_who_was_removed_comes_back(world: World, manager: Client):
    revoke_roles(person=world.owner, revoked_by=ACTOR)
    body = NEW | {"email": world.owner.email, "name": "Owner"}
    assert manager.post(f"/people/{world.harbour.pk}/invite/", body).status_code == 302
    assert roles_of(world.owner) == {("harbour", "viewer")}


@pytest.mark.parametrize("who", ["owner", "viewer"])
def test_nobody_raises_themselves(world: World, signed_in: As, who: str):
    person = getattr(world, who)
    client = proven(signed_in(person))
    before = roles_of(person)
    assert set(everything(client, world.harbour, person)) == {404}
    assert client.get("/people/").status_code == 404
    assert roles_of(person) == before


def test_one_manager_alone_makes_no_second_one(world: World, manager: Client, signed_in: As):
    path = f"/people/{world.harbour.pk}/{world.viewer.pk}/"
    assert manager.post(path, {"do": "role", "role": "manager", "reason": "My other account."}).status_code == 302
    approval = Approval.objects.get()
    for client in (manager, signed_in(world.viewer), signed_in(world.owner)):
        client.post(f"/decisions/{approval.pk}/", {"do": "agree"})
    assert roles_of(world.viewer) == {("harbour", "viewer")}
    manager.post(f"/people/{world.harbour.pk}/invite/", NEW | {"role": "manager", "reason": "My third account."})
    manager.post(f"/decisions/{Approval.objects.latest('requested_at').pk}/", {"do": "agree"})
    assert not Person.objects.filter(email="new@example.org").exists()


def test_a_second_account_does_not_agree_to_its_own_raise(world: World, manager: Client, signed_in: As):
    """Who is to be raised cannot be the second person, whatever else they are."""
    manager.post(f"/people/{world.harbour.pk}/{world.owner.pk}/", {"do": "role", "role": "manager", "reason": "X."})
    approval = Approval.objects.get()
    grant_customer_role(person=world.owner, customer=world.harbour, role=CustomerRole.MANAGER, granted_by=ACTOR)
    answer = signed_in(world.owner).post(f"/decisions/{approval.pk}/", {"do": "agree"})
    assert answer.status_code == 409
    assert Approval.objects.get().verdict == ""


def test_a_role_that_is_given_and_taken_does_not_keep_somebody_from_counting_elsewhere(world: World, manager: Client):
    from tenants.operations.check_standing import why_not

    grant_customer_role(person=world.stranger, customer=world.harbour, role=CustomerRole.VIEWER, granted_by=ACTOR)
    path = f"/people/{world.harbour.pk}/{world.stranger.pk}/"
    assert why_not(person=world.stranger, asked_at=None) == ""
    for role in ("contact", "viewer", "contact"):
        assert manager.post(path, {"do": "role", "role": role}).status_code == 302
    assert why_not(person=world.stranger, asked_at=None) == ""


def test_of_a_person_of_two_customers_neither_name_nor_sign_in_is_touched(world: World, manager: Client, signed_in: As):
    grant_customer_role(person=world.stranger, customer=world.harbour, role=CustomerRole.VIEWER, granted_by=ACTOR)
    theirs = signed_in(world.stranger)
    path = f"/people/{world.harbour.pk}/{world.stranger.pk}/"
    assert manager.post(path, {"do": "correct", "name": "Mallory", "phone": "1"}).status_code == 409
    assert "Meadow" not in manager.get(f"{path}remove/").content.decode()
    assert manager.post(f"{path}remove/").status_code == 302
    person = Person.objects.get(pk=world.stranger.pk)
    assert (person.name, person.is_active, roles_of(person)) == ("Stranger", True, {("meadow", "contact")})
    assert theirs.get("/cases/").status_code == 200
    assert set(Customer.objects.visible_to(person)) == {world.meadow}


def test_without_a_fresh_proof_of_identity_nothing_changes(world: World, signed_in: As):
    client, customer = signed_in(world.manager), world.harbour
    for path, body in (
        (f"/people/{customer.pk}/invite/", NEW),
        (f"/people/{customer.pk}/{world.viewer.pk}/", {"do": "role", "role": "contact"}),
        (f"/people/{customer.pk}/{world.viewer.pk}/", {"do": "correct", "name": "Mallory", "phone": ""}),
        (f"/people/{customer.pk}/{world.viewer.pk}/remove/", {}),
    ):
        answer = client.post(path, body)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/reauthenticate/"), path
    assert roles_of(world.viewer) == {("harbour", "viewer")}
    assert not Person.objects.filter(email="new@example.org").exists()


def test_who_was_removed_meanwhile_changes_nobody_any_more(world: World, manager: Client):
    from django.core.exceptions import ValidationError

    from tenants.operations.remove_from_customer import remove_from_customer

    revoke_roles(person=world.manager, revoked_by=ACTOR)
    with pytest.raises(ValidationError, match="no longer"):
        remove_from_customer(customer=world.harbour, person=world.viewer, removed_by=world.manager)
    assert manager.post(f"/people/{world.harbour.pk}/{world.viewer.pk}/remove/").status_code == 302
    assert Person.objects.get(pk=world.viewer.pk).is_active


def test_not_without_bound(world: World, manager: Client):
    """Each is a mail to whom one likes, or an answer to whether an address has an account."""
    answers = [
        manager.post(f"/people/{world.harbour.pk}/invite/", NEW | {"email": f"n{number}@example.org"}).content.decode()
        for number in range(25)
    ]
    assert "invited many people just now" in answers[-1]
    assert Mail.objects.filter(recipient__startswith="n").count() <= 20


def test_an_administrator_of_the_provider_can_be_the_second_person(world: World, manager: Client, signed_in: As):
    """What is refused above is not simply broken."""
    manager.post(f"/people/{world.harbour.pk}/{world.owner.pk}/", {"do": "role", "role": "manager", "reason": "X."})
    assert signed_in(world.administrator).post(f"/decisions/{Approval.objects.get().pk}/", {"do": "agree"})
    assert roles_of(world.owner) == {("harbour", "manager")}
