"""Ask for something that a second person must agree to."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants.models import Approval, ApprovalVerdict, Customer, Person
from tenants.operations.record_audit import record_customer_audit

LIFETIME = timedelta(hours=24)


def request_approval(*, customer: Customer, action: str, about: str, reason: str, requested_by: Person) -> Approval:
    """In the caller's transaction, who has made sure that `requested_by` may ask for this.

    Raises ValidationError without a reason, and while another request about the same thing waits.
    """
    now = timezone.now()
    Approval.objects.undecided().filter(about=about, expires_at__lte=now).update(
        verdict=ApprovalVerdict.EXPIRED, decided_at=now
    )
    approval = Approval(
        customer=customer,
        action=action,
        about=about,
        reason=reason,
        requested_by=requested_by,
        requested_at=now,
        expires_at=now + LIFETIME,
    )
    approval.clean_fields(exclude={"decided_by", "decided_at"})
    try:
        # A savepoint: on PostgreSQL a collision would otherwise end the caller's whole transaction.
        with transaction.atomic():
            approval.save(force_insert=True)
    except IntegrityError:
        raise ValidationError("Somebody has asked for this already, and it waits for a second person.") from None
    record_customer_audit(
        customer=customer,
        actor=requested_by.actor,
        action="approval:request",
        subject=about,
        details={"approval": str(approval.pk), "for": action, "reason": reason},
    )
    return approval
