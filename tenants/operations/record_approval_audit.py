"""Write what becomes of an approval into the chain of those whom it concerns."""

from typing import Any

from tenants.actors import Actor
from tenants.audit.record_audit import record_customer_audit, record_provider_audit
from tenants.models import Approval


def record_approval_audit(
    *, approval: Approval, actor: Actor, action: str, details: dict[str, Any] | None = None
) -> None:
    """Inside a transaction, after all other locks."""
    facts = {"approval": str(approval.pk), "for": approval.action} | (details or {})
    if approval.customer is None:
        record_provider_audit(actor=actor, action=action, subject=approval.about, details=facts)
    else:
        record_customer_audit(
            customer=approval.customer, actor=actor, action=action, subject=approval.about, details=facts
        )
