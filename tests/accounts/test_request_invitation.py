"""Who is invited by two: asked for, agreed to, or not."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.operations.agree_to_invitation import agree_to_invitation
from accounts.operations.invite_person import invite_person
from accounts.operations.record_sign_in import Caller, Step, record_sign_in
from accounts.operations.request_invitation import MOST_WAITING, request_invitation
from notices.models import Mail
from tenants.audit.record_read import record_read
from tenants.models import Approval, ApprovalVerdict, AuditEntry, Customer, Person
from tenants.operations.decide_approval import ApprovalRefused, refuse_approval
from tenants.operations.grant_role import revoke_roles
from tenants.second_person import SecondPersonNeeded
from tests.support.at_once import at_once, results
from tests.support.street import undone
from tests.support.tenants.making import ACTOR, BAD_NAMES
from tests.support.world import World, make_world


@pytest.fixture
def carla(world: World) -> Person:
    """The second administrator."""
    call_command("create_administrator", "carla@example.org", "Carla Conti")
    Mail.objects.all().delete()
    found: Person = Person.objects.get(email="carla@example.org")
    return found


def wanted(**different: Any) -> dict[str, Any]:
    return {"email": "New@Example.org", "name": "New", "phone": "1", "customer": None, "role": "operator"} | different


def ask(world: World, **different: Any) -> Approval:
    reason = different.pop("reason", "Starts on Monday.")
    by = different.pop("requested_by", world.administrator)
    return request_invitation(**wanted(**different), reason=reason, requested_by=by)


@pytest.mark.parametrize("role", ["administrator", "operator", "auditor", "manager"])
def test_staff_and_managers_are_not_invited_by_one_of_two_administrators(world: World, carla: Person, role: str):
    customer = world.harbour if role == "manager" else None
    with pytest.raises(SecondPersonNeeded, match="Another administrator"):
        invite_person(**wanted(role=role, customer=customer), invited_by=world.administrator.actor)
    assert not Person.objects.filter(email="new@example.org").exists()
    approval = ask(world, role=role, customer=customer)
    assert not Person.objects.filter(email="new@example.org").exists()
    person = agree_to_invitation(approval=approval.pk, approved_by=carla)
    if customer:
        assert list(Customer.objects.visible_to(person)) == [world.harbour]
        assert person.provider_roles() == set()
    else:
        assert person.provider_roles() == {role}
    assert (person.email, person.name, person.phone) == ("new@example.org", "New", "1")
    assert not person.has_usable_password()


@pytest.mark.parametrize("role", ["contact", "viewer"])
def test_who_can_agree_to_nothing_is_invited_by_one(world: World, carla: Person, role: str):
    invite_person(**wanted(role=role, customer=world.harbour), invited_by=world.administrator.actor)


def test_a_command_on_the_host_needs_nobody_else(world: World, carla: Person):
    call_command("create_administrator", "new@example.org", "New")
    told = Mail.objects.filter(subject__startswith="New account").values_list("recipient", flat=True)
    staff = {f"{name}@example.org" for name in ("administrator", "operator", "auditor", "carla", "new")}
    assert set(told) == staff
    assert "a command on the portal's host" in Mail.objects.filter(subject__startswith="New account")[0].body


@pytest.mark.parametrize("who", ["administrator", "operator", "auditor", "manager", "owner", "stranger"])
def test_only_another_administrator_agrees(world: World, carla: Person, who: str):
    approval = ask(world)
    with pytest.raises(ApprovalRefused):
        agree_to_invitation(approval=approval.pk, approved_by=getattr(world, who))
    assert Approval.objects.get().verdict == ""
    assert not Person.objects.filter(email="new@example.org").exists()


@pytest.mark.parametrize("gone", ["disabled", "no administrator any more"])
def test_what_somebody_asked_for_who_may_no_longer_is_not_agreed_to(world: World, carla: Person, gone: str):
    from tenants.operations.grant_role import grant_provider_role
    from tenants.roles import ProviderRole

    approval = ask(world)
    if gone == "disabled":
        revoke_roles(person=world.administrator, revoked_by=ACTOR)
    else:
        grant_provider_role(person=world.administrator, role=ProviderRole.OPERATOR, granted_by=ACTOR)
    with pytest.raises(ApprovalRefused, match="may no longer"):
        agree_to_invitation(approval=approval.pk, approved_by=carla)


def test_agreed_to_once_refused_or_over_it_invites_nobody(world: World, carla: Person):
    approval = ask(world)
    Approval.objects.update(expires_at=timezone.now())
    with pytest.raises(ApprovalRefused, match="over"):
        agree_to_invitation(approval=approval.pk, approved_by=carla)
    again = ask(world)
    with undone():
        refuse_approval(approval=again.pk, about=again.about, refused_by=world.operator)
        with pytest.raises(ApprovalRefused, match="decided meanwhile"):
            agree_to_invitation(approval=again.pk, approved_by=carla)
    agree_to_invitation(approval=again.pk, approved_by=carla)
    with pytest.raises(ApprovalRefused, match="decided meanwhile"):
        agree_to_invitation(approval=again.pk, approved_by=carla)
    assert set(Approval.objects.values_list("verdict", flat=True)) == {
        ApprovalVerdict.EXPIRED,
        ApprovalVerdict.APPROVED,
    }


def test_an_address_that_is_taken_meanwhile_leaves_the_request_as_it_was(world: World, carla: Person):
    approval = ask(world)
    invite_person(**wanted(role="viewer", customer=world.harbour), invited_by=world.administrator.actor)
    with undone(), pytest.raises(ValidationError, match="already"):
        agree_to_invitation(approval=approval.pk, approved_by=carla)
    assert Approval.objects.get().verdict == ""


def test_a_disabled_account_comes_back_by_two(world: World, carla: Person):
    revoke_roles(person=world.operator, revoked_by=ACTOR)
    approval = ask(world, email=world.operator.email)
    assert agree_to_invitation(approval=approval.pk, approved_by=carla) == world.operator


@pytest.mark.parametrize(
    "different",
    [
        {"email": "OWNER@example.org"},
        {"email": "nobody"},
        {"email": "x\0@example.org"},
        {"reason": ""},
        {"reason": "a\0b"},
        {"name": "x" * 121},
        *({"name": name} for name in BAD_NAMES.values()),
    ],
    ids=ascii,
)
def test_what_could_become_no_account_is_not_asked_for(world: World, carla: Person, different: dict[str, str]):
    with pytest.raises(ValidationError):
        ask(world, **different)
    assert not Approval.objects.exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(("at_customer", "role"), [(True, "administrator"), (False, "manager"), (False, "x")])
def test_a_role_of_the_other_kind_is_not_asked_for(world: World, carla: Person, at_customer: bool, role: str):  # noqa: FBT001
    with pytest.raises(ValueError, match="is not a valid"):
        ask(world, customer=world.harbour if at_customer else None, role=role)


def test_one_address_is_asked_for_once_at_a_time_and_nobody_asks_without_end(world: World, carla: Person):
    ask(world)
    with pytest.raises(ValidationError, match="waits for a second person"):
        ask(world, email="new@EXAMPLE.org", requested_by=carla)
    for number in range(1, MOST_WAITING):
        ask(world, email=f"n{number}@example.org")
    with pytest.raises(ValidationError, match="wait already"):
        ask(world, email="one-more@example.org")
    ask(world, email="one-more@example.org", requested_by=carla)


def test_it_is_in_the_providers_chain_with_both_names(world: World, carla: Person):
    before = AuditEntry.objects.latest("pk").pk
    approval = ask(world, customer=world.harbour, role="manager")
    agree_to_invitation(approval=approval.pk, approved_by=carla)
    rows = AuditEntry.objects.filter(pk__gt=before).order_by("pk")
    both = ("person:administrator@example.org", "person:carla@example.org")
    assert [(row.action, row.actor, row.chain.customer_id) for row in rows] == [
        ("approval:request", both[0], None),
        ("person:add", both[0], None),
        ("person:role:grant", both[0], world.harbour.pk),
        ("approval:approved", both[1], None),
    ]
    assert rows[0].details["details"] == {
        "email": "new@example.org",
        "name": "New",
        "role": "manager",
        "customer": str(world.harbour.pk),
    }, "a telephone number is not for ever"
    assert rows[0].details["reason"] == "Starts on Monday."


def test_the_database_takes_no_invitation_by_one(world: World, carla: Person):
    approval = ask(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            verdict=ApprovalVerdict.APPROVED, decided_at=timezone.now(), decided_by=world.administrator
        )


@pytest.mark.django_db(transaction=True)
def test_who_invites_agrees_disables_reads_and_signs_in_at_once_locks_nobody_out():
    """PostgreSQL ends one of two that wait for each other with an error."""
    world = make_world()
    call_command("create_administrator", "carla@example.org", "Carla Conti")
    carla = Person.objects.get(email="carla@example.org")
    asking = world.administrator
    for turn in range(12):
        waiting = [ask(world, email=f"n{turn}-{number}@example.org", requested_by=asking) for number in range(2)]
        leaving = invite_person(**wanted(email=f"l{turn}@example.org"), invited_by=ACTOR)

        def sign_in(person: Person = asking) -> None:
            with transaction.atomic():
                person.save(update_fields=["last_login"])
                record_sign_in(person=person, step=Step.BEGIN, actor=person.actor, caller=Caller("192.0.2.1", ""))

        works: list[Callable[[], Any]] = [
            *(partial(agree_to_invitation, approval=each.pk, approved_by=carla) for each in waiting),
            partial(ask, world, email=f"m{turn}@example.org", requested_by=carla),
            partial(revoke_roles, person=leaving, revoked_by=asking.actor),
            partial(record_read, reader=carla, listing="tenants.person", asked={"q": [str(turn)]}),
            sign_in,
            partial(sign_in, carla),
        ]
        results(at_once(works))
        refuse_all(carla)
    assert Person.objects.filter(email__startswith="n").count() == 24


@pytest.mark.django_db(transaction=True)
def test_one_address_invited_by_two_ways_at_once_is_one_account(woken: list[str]):
    world = make_world()
    call_command("create_administrator", "carla@example.org", "Carla Conti")
    carla = Person.objects.get(email="carla@example.org")
    for turn in range(8):
        email = f"n{turn}@example.org"
        back = turn % 2
        if back:
            revoke_roles(person=invite_person(**wanted(email=email), invited_by=ACTOR), revoked_by=ACTOR)
        approval = ask(world, email=email, requested_by=world.administrator)
        by_two = partial(agree_to_invitation, approval=approval.pk, approved_by=carla)
        by_one = partial(
            invite_person,
            **wanted(email=email, role="viewer", customer=world.harbour),
            invited_by=world.administrator.actor,
        )
        outcomes = at_once([by_two, by_one, by_one, by_two])
        assert sum(isinstance(one, Person) for one in outcomes) == 1, outcomes
        assert all(isinstance(one, Person | ValidationError) for one in outcomes), outcomes
        assert Person.objects.get(email=email).groups.count() == 1


def refuse_all(by: Person) -> None:
    for each in Approval.objects.undecided():
        refuse_approval(approval=each.pk, about=each.about, refused_by=by)
