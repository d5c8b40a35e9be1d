"""The facts about an account: what was done to it, who was told, and its present second factor."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.operations.invite_person import invite_person
from notices.models import Mail
from notices.operations.send_mails import send_mails
from tenants.models import AccountChange, AccountStep, Approval, Person
from tenants.operations.check_standing import AccountDoesNotCount, check_standing, why_not
from tenants.operations.decide_approval import using_approval
from tenants.operations.grant_role import grant_customer_role, grant_provider_role, revoke_roles
from tenants.operations.note_account_change import note_account_change
from tenants.operations.request_approval import request_approval
from tenants.roles import CustomerRole, Permission, ProviderRole
from tests.support.at_once import at_once, results
from tests.support.locked_tables import CHAIN, locks
from tests.support.passkeys import stored_passkey
from tests.support.second_factors import reset_by_command, signed_in_with_factors
from tests.support.tenants.making import ACTOR
from tests.support.world import World, make_world

LONG_AGO = timedelta(days=8)


@pytest.fixture
def invited(world: World) -> Person:
    """By the administrator; all are told, and a week later there is a second factor of a week."""
    person = invite_person(
        email="new@example.org",
        name="New",
        phone="",
        customer=None,
        role="operator",
        invited_by=world.administrator.actor,
    )
    send_mails()
    return person


@pytest.fixture
def week_later(invited: Person, monkeypatch: pytest.MonkeyPatch) -> Person:
    """The same."""
    TOTP.activate(invited, generate_totp_secret())
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + LONG_AGO)
    assert why_not(person=invited, asked_at=None) == ""
    return invited


def test_who_was_made_by_a_command_counts_at_once(world: World):
    for person in (world.administrator, world.operator, world.manager):
        check_standing(person=person, asked_at=timezone.now())


def test_who_was_made_by_somebody_does_not(invited: Person):
    TOTP.activate(invited, generate_totp_secret())
    with pytest.raises(AccountDoesNotCount, match=r"from .* UTC on"):
        check_standing(person=invited, asked_at=None)


@pytest.mark.parametrize(
    "step",
    [
        lambda person, by: grant_provider_role(person=person, role=ProviderRole.ADMINISTRATOR, granted_by=by),
        lambda person, by: note_account_change(person=person, step=AccountStep.READMIT, made_by=by),
        lambda person, _: note_account_change(person=person, step=AccountStep.FACTOR_OFF, made_by=ACTOR),
        lambda person, _: note_account_change(person=person, step=AccountStep.FACTOR_OFF, made_by=person.actor),
        lambda person, _: Authenticator.objects.filter(user=person).delete(),
        lambda person, _: Authenticator.objects.filter(user=person).update(created_at=timezone.now()),
        lambda *_: Mail.objects.filter(recipient="operator@example.org").update(sent_at=None),
        lambda *_: Mail.objects.filter(about__startswith="account-change:").delete(),
    ],
)
def test_what_is_done_to_it_later_makes_it_wait_again(world: World, week_later: Person, step: Any):
    with transaction.atomic():
        step(week_later, world.administrator.actor)
    assert why_not(person=week_later, asked_at=None)


@pytest.mark.parametrize("step", [AccountStep.PASSWORD_CHANGE, AccountStep.PASSWORD_RESET, AccountStep.CODES_RENEW])
def test_what_people_do_to_their_own_account_counts_against_an_earlier_request_only(
    week_later: Person, step: AccountStep
):
    asked_at = timezone.now()
    note_account_change(person=week_later, step=step, made_by=week_later.actor)
    assert "after this was asked for" in why_not(person=week_later, asked_at=asked_at)
    assert why_not(person=week_later, asked_at=timezone.now()) == ""


def test_a_passkey_counts_as_a_second_factor_and_beside_the_first_one_it_makes_an_account_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    """A thief of a session and a password could otherwise add one and agree at once."""
    operator, now = world.operator, timezone.now

    def add_one(name: str) -> None:
        stored_passkey(operator, name)
        note_account_change(person=operator, step=AccountStep.PASSKEY_ADD, made_by=operator.actor)

    add_one("the first")
    assert why_not(person=operator, asked_at=None) == ""
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(days=1))
    add_one("another one")
    assert "It counts as one of two people from" in why_not(person=operator, asked_at=None)
    monkeypatch.setattr(timezone, "now", lambda: now() + LONG_AGO + timedelta(days=1))
    assert why_not(person=operator, asked_at=None) == ""
    note_account_change(person=operator, step=AccountStep.PASSKEY_REMOVE, made_by=operator.actor)
    assert why_not(person=operator, asked_at=None) == ""


def test_recovery_codes_are_no_second_factor(invited: Person, monkeypatch: pytest.MonkeyPatch):
    RecoveryCodes.activate(invited)
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + LONG_AGO)
    assert "no second factor" in why_not(person=invited, asked_at=None)


def test_somebody_who_may_no_longer_sign_in_need_not_be_told(world: World, week_later: Person):
    Mail.objects.filter(recipient="operator@example.org").update(sent_at=None)
    assert "not everybody has been told" in why_not(person=week_later, asked_at=None)
    revoke_roles(person=world.operator, revoked_by=ACTOR)
    assert why_not(person=week_later, asked_at=None) == ""


def test_whose_factor_was_taken_away_long_before_the_role_is_told_of_then(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    """Nobody stays out for good because the first of the mails was never written."""
    signed_in_with_factors(world.viewer)
    reset_by_command("viewer@example.org")
    TOTP.activate(world.viewer, generate_totp_secret())
    by = world.administrator.actor
    revoke_roles(person=world.viewer, revoked_by=by)
    back = {"email": world.viewer.email, "name": "Vera", "phone": "", "customer": world.harbour, "role": "manager"}
    invite_person(**back, invited_by=by)
    send_mails()
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + LONG_AGO)
    assert why_not(person=world.viewer, asked_at=None) == ""


def test_a_role_that_can_agree_to_nothing_needs_no_mails(world: World):
    invite_person(
        email="new@example.org",
        name="New",
        phone="",
        customer=world.harbour,
        role="viewer",
        invited_by=world.administrator.actor,
    )
    assert not Mail.objects.filter(about__startswith="account-change:").exists()


def test_a_customers_manager_is_announced_to_the_customer_and_not_to_others(world: World):
    invite_person(
        email="new@example.org",
        name="New",
        phone="",
        customer=world.harbour,
        role="manager",
        invited_by=world.administrator.actor,
    )
    told = set(Mail.objects.filter(about__startswith="account-change:").values_list("recipient", flat=True))
    names = ("administrator", "operator", "auditor", "owner", "manager", "new")
    assert told == {f"{name}@example.org" for name in names}


def request(world: World, number: int = 1) -> Approval:
    with transaction.atomic():
        return request_approval(
            customer=world.harbour, action="x:y", about=f"x:{number}", reason="Why.", requested_by=world.operator
        )


def agree(world: World, approval: Approval) -> str:
    """ "agreed" or "refused"."""
    try:
        with (
            transaction.atomic(),
            using_approval(
                approval=approval.pk,
                about=approval.about,
                approved_by=world.manager,
                agreeing_needs=Permission.APPROVAL_GIVE,
                still_needs=Permission.CASE_CLOSE,
            ),
        ):
            return "agreed"
    except AccountDoesNotCount:
        return "refused"


def test_both_accounts_are_locked_before_the_chain(world: World):
    approval = request(world)
    with locks() as order:
        assert agree(world, approval) == "agreed"
    # SQLite has one lock for all, and knows no rows that are locked without being changed.
    people = ["tenants_approval", "tenants_person"] if connection.vendor == "postgresql" else ["tenants_approval"]
    assert order == [*people, CHAIN]


@pytest.mark.django_db(transaction=True)
def test_a_role_given_while_somebody_agrees_comes_before_or_after_and_nobody_is_locked_out():
    """Decided by what is true then: one who agrees after the grant is refused."""
    world = make_world()
    waiting = [request(world, number) for number in range(8)]

    def grant() -> str:
        by = world.administrator.actor
        grant_customer_role(person=world.manager, customer=world.harbour, role=CustomerRole.MANAGER, granted_by=by)
        return "granted"

    agreeing = [partial(agree, world, approval) for approval in waiting[:7]]
    outcomes = results(at_once([*agreeing[:4], grant, *agreeing[4:]]))
    assert outcomes.count("granted") == 1
    assert agree(world, waiting[7]) == "refused"


@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_nobody_makes_an_account_older_than_it_is(world: World, statement: str):
    table = AccountChange._meta.db_table
    before = AccountChange.objects.count()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert AccountChange.objects.count() == before > 0


def test_what_is_done_in_the_name_of_nobody_is_refused(world: World):
    from tenants.actors import Actor

    with pytest.raises(Person.DoesNotExist):
        note_account_change(person=world.owner, step=AccountStep.GRANT, made_by=Actor("person", "ghost@example.org"))
