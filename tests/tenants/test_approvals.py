"""What one person asks for and another has to agree to."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants.models import Approval, ApprovalVerdict, AuditEntry
from tenants.operations.decide_approval import ApprovalRefused, overtake_approvals, refuse_approval, using_approval
from tenants.operations.grant_role import revoke_roles
from tenants.operations.request_approval import request_approval
from tenants.roles import Permission
from tests.support.fleet import ACTOR
from tests.support.world import World

ABOUT = "case:1"


def ask(world: World, *, by: Any = None, about: str = ABOUT, reason: str = "Found in the cellar.") -> Approval:
    return request_approval(
        customer=world.harbour,
        action="case:give-back",
        about=about,
        reason=reason,
        requested_by=by or world.operator,
    )


def agree(approval: UUID, person: Any, about: str = ABOUT) -> Approval:
    with (
        transaction.atomic(),
        using_approval(
            approval=approval,
            about=about,
            approved_by=person,
            agreeing_needs=Permission.APPROVAL_GIVE,
            still_needs=Permission.CASE_CLOSE,
        ) as agreed,
    ):
        assert Approval.objects.get(pk=approval).verdict == "", "what is agreed to is done before"
    return agreed


def rows() -> list[str]:
    return list(AuditEntry.objects.filter(subject=ABOUT).order_by("pk").values_list("action", flat=True))


def test_another_person_agrees_once(world: World):
    approval = ask(world)
    agreed = agree(approval.pk, world.administrator)
    assert (agreed.verdict, agreed.decided_by) == (ApprovalVerdict.APPROVED, world.administrator)
    with pytest.raises(ApprovalRefused, match="decided meanwhile"):
        agree(approval.pk, world.manager)
    assert rows() == ["approval:request", "approval:approved"]


def test_the_customers_manager_may_be_the_second_person(world: World):
    assert agree(ask(world).pk, world.manager).decided_by == world.manager


def test_nobody_agrees_to_what_they_asked_for(world: World):
    approval = ask(world)
    with pytest.raises(ApprovalRefused, match="yourself"):
        agree(approval.pk, world.operator)
    assert Approval.objects.get().verdict == ""
    assert rows() == ["approval:request"]


@pytest.mark.parametrize("who", ["auditor", "owner", "viewer", "stranger"])
def test_who_may_not_agree_does_not(world: World, who: str):
    approval = ask(world)
    with pytest.raises(ApprovalRefused, match="may not agree"):
        agree(approval.pk, getattr(world, who))
    assert Approval.objects.get().verdict == ""


def test_a_manager_of_another_customer_does_not_agree(world: World):
    from tenants.operations.grant_role import grant_customer_role
    from tenants.roles import CustomerRole

    grant_customer_role(person=world.stranger, customer=world.meadow, role=CustomerRole.MANAGER, granted_by=ACTOR)
    with pytest.raises(ApprovalRefused, match="may not agree"):
        agree(ask(world).pk, world.stranger)


def test_what_somebody_asked_for_who_has_left_is_not_agreed_to(world: World):
    approval = ask(world)
    revoke_roles(person=world.operator, revoked_by=ACTOR)
    with pytest.raises(ApprovalRefused, match="may no longer"):
        agree(approval.pk, world.administrator)


def test_after_its_time_it_is_over_and_can_be_asked_for_again(world: World):
    approval = ask(world)
    Approval.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(ApprovalRefused, match="time in which to agree is over"):
        agree(approval.pk, world.administrator)
    assert agree(ask(world).pk, world.administrator).verdict == ApprovalVerdict.APPROVED
    assert Approval.objects.get(pk=approval.pk).verdict == ApprovalVerdict.EXPIRED


def test_while_one_waits_there_is_no_second_about_the_same(world: World):
    ask(world)
    with pytest.raises(ValidationError, match="waits for a second person"):
        ask(world, by=world.administrator)
    ask(world, about="case:2")
    assert Approval.objects.count() == 2


@pytest.mark.parametrize("reason", ["", "x" * 1001, "a\0b"])
def test_without_a_reason_that_can_be_read_nothing_is_asked_for(world: World, reason: str):
    with pytest.raises(ValidationError):
        ask(world, reason=reason)
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    ("who", "verdict"), [("operator", ApprovalVerdict.WITHDRAWN), ("owner", ApprovalVerdict.REFUSED)]
)
def test_refused_or_withdrawn_it_is_over(world: World, who: str, verdict: ApprovalVerdict):
    approval = ask(world)
    undone = transaction.atomic()
    undone._from_testcase = True  # type: ignore[attr-defined]  # it wants to be the outermost
    with undone:
        refuse_approval(approval=approval.pk, about=ABOUT, refused_by=getattr(world, who))
    with pytest.raises(ApprovalRefused):
        agree(approval.pk, world.administrator)
    assert Approval.objects.get().verdict == verdict
    assert rows()[-1] == f"approval:{verdict}"


def test_what_was_overtaken_is_not_agreed_to(world: World):
    approval = ask(world)
    with transaction.atomic():
        overtake_approvals(about=ABOUT, overtaken_by=world.owner.actor, person=world.owner)
        overtake_approvals(about="case:2", overtaken_by=world.owner.actor, person=world.owner)
    with pytest.raises(ApprovalRefused):
        agree(approval.pk, world.administrator)
    assert rows() == ["approval:request", "approval:overtaken"]


def test_one_about_something_else_is_neither_agreed_to_nor_refused(world: World):
    approval = ask(world)
    with pytest.raises(ApprovalRefused):
        agree(approval.pk, world.administrator, "case:2")
    undone = transaction.atomic()
    undone._from_testcase = True  # type: ignore[attr-defined]  # it wants to be the outermost
    with pytest.raises(ApprovalRefused), undone:
        refuse_approval(approval=approval.pk, about="case:2", refused_by=world.administrator)
    assert Approval.objects.get().verdict == ""


def test_one_that_does_not_exist_is_not_agreed_to(world: World):
    with pytest.raises(ApprovalRefused):
        agree(uuid4(), world.administrator)


@pytest.mark.parametrize("own", [True, False])
def test_the_database_itself_takes_no_approval_by_the_same_person_or_by_nobody(world: World, own: bool):  # noqa: FBT001
    approval = ask(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            verdict=ApprovalVerdict.APPROVED,
            decided_at=timezone.now(),
            decided_by=world.operator if own else None,
        )


def test_what_fails_when_it_is_done_is_not_agreed_to(world: World):
    approval = ask(world)
    with (
        pytest.raises(ValueError, match="failed"),
        transaction.atomic(),
        using_approval(
            approval=approval.pk,
            about=ABOUT,
            approved_by=world.administrator,
            agreeing_needs=Permission.APPROVAL_GIVE,
            still_needs=Permission.CASE_CLOSE,
        ),
    ):
        raise ValueError("failed")
    assert Approval.objects.get().verdict == ""
