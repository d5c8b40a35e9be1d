"""A second person agrees, or somebody does not. Each request is decided once."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tenants.models import Approval, ApprovalVerdict, Person
from tenants.operations.record_audit import record_customer_audit
from tenants.roles import Permission


class ApprovalRefused(ValidationError):
    """Whoever agrees may not, or there is nothing left to agree to; the message says which."""


def use_approval(*, approval: UUID, about: str, approved_by: Person, still_needs: Permission) -> Approval:
    """Agree, in the transaction of what was asked for: both are done, or neither.

    Raises ApprovalRefused. `still_needs` is what whoever asked must hold to this moment.
    """
    row = _locked(approval, about)
    if row.expires_at <= timezone.now():
        raise ApprovalRefused("The time in which to agree is over. It has to be asked for again.")
    if approved_by.pk == row.requested_by_id:
        raise ApprovalRefused("You have asked for this yourself. Somebody else has to agree.")
    if not row.customer.permits(approved_by, Permission.APPROVAL_GIVE):
        raise ApprovalRefused("You may not agree to this.")
    if not row.customer.permits(row.requested_by, still_needs):
        raise ApprovalRefused("Whoever asked for this may no longer do so. Somebody else has to ask again.")
    _decide(row, ApprovalVerdict.APPROVED, approved_by)
    return row


@transaction.atomic(durable=True)
def refuse_approval(*, approval: UUID, about: str, refused_by: Person) -> Approval:
    """The caller has made sure that `refused_by` may; of one's own request it is withdrawn. Raises ApprovalRefused."""
    row = _locked(approval, about)
    own = refused_by.pk == row.requested_by_id
    _decide(row, ApprovalVerdict.WITHDRAWN if own else ApprovalVerdict.REFUSED, refused_by)
    return row


def overtake_approvals(*, about: str, overtaken_by: Person) -> None:
    """Something has happened meanwhile, in the caller's transaction: what was asked for is no longer to be had."""
    for row in Approval.objects.undecided().filter(about=about).select_for_update(of=("self",)):
        _decide(row, ApprovalVerdict.OVERTAKEN, overtaken_by)


def _locked(approval: UUID, about: str) -> Approval:
    """Only one about what the caller has permission for."""
    rows = Approval.objects.undecided().select_for_update(of=("self",)).select_related("customer", "requested_by")
    row = rows.filter(pk=approval, about=about).first()
    if row is None:
        raise ApprovalRefused("This was decided meanwhile.")
    return row


def _decide(row: Approval, verdict: ApprovalVerdict, person: Person) -> None:
    row.verdict, row.decided_by, row.decided_at = verdict, person, timezone.now()
    row.save(update_fields=["verdict", "decided_by", "decided_at"])
    record_customer_audit(
        customer=row.customer,
        actor=person.actor,
        action=f"approval:{verdict}",
        subject=row.about,
        details={"approval": str(row.pk), "for": row.action},
    )
