"""A second person agrees, or somebody does not. Each request is decided once."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.models import Approval, ApprovalVerdict, Customer, Person
from tenants.operations.check_standing import check_standing
from tenants.operations.record_approval_audit import record_approval_audit
from tenants.roles import Permission
from tenants.second_person import NO_PROGRAM

_ACTIONS = {
    ApprovalVerdict.APPROVED: AuditAction.APPROVAL_APPROVED,
    ApprovalVerdict.REFUSED: AuditAction.APPROVAL_REFUSED,
    ApprovalVerdict.WITHDRAWN: AuditAction.APPROVAL_WITHDRAWN,
    ApprovalVerdict.OVERTAKEN: AuditAction.APPROVAL_OVERTAKEN,
}


class ApprovalRefused(ValidationError):
    """The one who agrees may not, or there is nothing left to agree to; the message says which."""


@contextmanager
def using_approval(
    *,
    approval: UUID,
    about: str,
    approved_by: Person,
    agreeing_needs: Permission,
    still_needs: Permission,
    also_locks: Iterable[int] = (),
) -> Iterator[Approval]:
    """Agree, in the transaction of what was asked for, which is done inside: both are done, or neither.

    Both accounts are locked, so what is known of them is still true when this is committed; `also_locks` names further
    people whose rows are changed inside. The audit chain comes after what is done inside. Raises ApprovalRefused and
    AccountDoesNotCount. `still_needs` is what the one who asked must hold to this moment.
    """
    if approved_by.confined_to:
        raise ApprovalRefused(NO_PROGRAM)
    row = _locked(approval, about)
    if row.expires_at <= timezone.now():
        raise ApprovalRefused("The time in which to agree is over. It has to be asked for again.")
    if approved_by.pk == row.requested_by_id:
        raise ApprovalRefused("You have asked for this yourself. Somebody else has to agree.")
    people = _locked_people(approved_by.pk, row.requested_by_id, *also_locks)
    agreeing, asking = people[approved_by.pk], people[row.requested_by_id]
    if not _permits(row.customer, agreeing, agreeing_needs):
        raise ApprovalRefused("You may not agree to this.")
    if not _permits(row.customer, asking, still_needs):
        raise ApprovalRefused("The one who asked for this may no longer do so. Somebody else has to ask again.")
    # One person with two accounts is not two people.
    check_standing(person=agreeing, asked_at=row.requested_at)
    check_standing(person=asking, asked_at=None)
    yield row
    decide_approval(row, ApprovalVerdict.APPROVED, approved_by, approved_by.actor)


def _locked_people(*keys: int) -> dict[int, Person]:
    """As they are now, locked in one order for everybody. What only refers to them goes on."""
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {person.pk: person for person in rows}


def _permits(customer: Customer | None, person: Person, permission: Permission) -> bool:
    return customer.permits(person, permission) if customer else person.permits_at_provider(permission)


@transaction.atomic(durable=True)
def refuse_approval(*, approval: UUID, about: str, refused_by: Person) -> Approval:
    """The caller has made sure that `refused_by` may; of one's own request it is withdrawn. Raises ApprovalRefused."""
    row = _locked(approval, about)
    own = refused_by.pk == row.requested_by_id
    verdict = ApprovalVerdict.WITHDRAWN if own else ApprovalVerdict.REFUSED
    decide_approval(row, verdict, refused_by, refused_by.actor)
    return row


def overtake_approvals(*, about: str, overtaken_by: Actor, person: Person | None) -> None:
    """Something has happened meanwhile, in the caller's transaction: what was asked for is no longer to be had.

    `person` is None where the actor is no person.
    """
    for row in Approval.objects.undecided().filter(about=about).select_for_update(of=("self",)):
        decide_approval(row, ApprovalVerdict.OVERTAKEN, person, overtaken_by)


def _locked(approval: UUID, about: str) -> Approval:
    """Only one about what the caller has permission for."""
    rows = Approval.objects.undecided().select_for_update(of=("self",)).select_related("customer", "requested_by")
    row = rows.filter(pk=approval, about=about).first()
    if row is None:
        raise ApprovalRefused("This was decided meanwhile.")
    return row


def decide_approval(row: Approval, verdict: ApprovalVerdict, person: Person | None, actor: Actor) -> None:
    row.verdict, row.decided_by, row.decided_at = verdict, person, timezone.now()
    row.save(update_fields=["verdict", "decided_by", "decided_at"])
    record_approval_audit(approval=row, actor=actor, action=_ACTIONS[verdict])
