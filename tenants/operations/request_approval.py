"""Ask for something that a second person must agree to."""

from collections.abc import Container
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants.audit.actions import AuditAction
from tenants.models import Approval, ApprovalVerdict, Customer, Person
from tenants.operations.check_standing import check_standing
from tenants.operations.record_approval_audit import record_approval_audit
from tenants.second_person import NO_PROGRAM

LIFETIME = timedelta(hours=24)


def request_approval(
    *,
    customer: Customer | None,
    action: str,
    about: str,
    reason: str,
    requested_by: Person,
    details: dict[str, Any] | None = None,
    off_record: Container[str] = (),
) -> Approval:
    """In the caller's transaction, who has made sure that `requested_by` may ask for this.

    `customer` is None for what concerns the provider itself; of `details`, those `off_record` stay out of the audit
    trail, which is for ever. Raises ValidationError without a reason, while another
    request about the same thing waits, and if the account of `requested_by` does not count as one of two people.
    """
    if requested_by.confined_to:
        raise ValidationError(NO_PROGRAM)
    check_standing(person=requested_by, asked_at=None)
    now = timezone.now()
    Approval.objects.undecided().filter(about=about, expires_at__lte=now).update(
        verdict=ApprovalVerdict.EXPIRED, decided_at=now
    )
    approval = Approval(
        customer=customer,
        action=action,
        about=about,
        details=details or {},
        reason=reason,
        requested_by=requested_by,
        requested_at=now,
        expires_at=now + LIFETIME,
    )
    approval.clean_fields(exclude={"customer", "decided_by", "decided_at", "details"})
    try:
        # A savepoint: on PostgreSQL a collision would otherwise end the caller's whole transaction.
        with transaction.atomic():
            approval.save(force_insert=True)
    except IntegrityError:
        raise ValidationError("Somebody has asked for this already, and it waits for a second person.") from None
    noted = {name: value for name, value in approval.details.items() if name not in off_record}
    record_approval_audit(
        approval=approval,
        actor=requested_by.actor,
        action=AuditAction.APPROVAL_REQUEST,
        details={"reason": reason} | ({"details": noted} if noted else {}),
    )
    return approval
