"""Write one entry into a hash chain, in the transaction of what it tells of."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from tenants import audit_chain
from tenants.actors import Actor
from tenants.models import AuditChain, AuditEntry, Customer

PROVIDER_CHAIN = "provider"


def record_customer_audit(
    *, customer: Customer, actor: Actor, action: str, subject: str, details: dict[str, Any] | None = None
) -> AuditEntry:
    """Raises TransactionManagementError outside a transaction: the entry must stand or fall with what it tells of."""
    chain_name = f"customer:{customer.pk}"
    return _append(chain_name, customer, actor=actor, action=action, subject=subject, details=details or {})


def record_provider_audit(
    *, actor: Actor, action: str, subject: str, details: dict[str, Any] | None = None
) -> AuditEntry:
    """For what concerns no single customer: gateways, authorities, provider staff."""
    return _append(PROVIDER_CHAIN, None, actor=actor, action=action, subject=subject, details=details or {})


def _append(
    name: str, customer: Customer | None, *, actor: Actor, action: str, subject: str, details: dict[str, Any]
) -> AuditEntry:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An audit entry needs the transaction of what it tells of.")
    # The row lock makes the chain a queue: the next entry waits here until this transaction has ended.
    chain = AuditChain.objects.select_for_update().filter(name=name).first() or _begin(name, customer)
    at = timezone.now()
    subject = subject[:200]
    digest = audit_chain.entry_hash(
        chain=name,
        sequence=chain.length + 1,
        at=at.isoformat(),
        actor=str(actor),
        action=action,
        subject=subject,
        details=details,
        previous=chain.head_hash,
    )
    entry = AuditEntry.objects.create(
        chain=chain,
        sequence=chain.length + 1,
        at=at,
        actor=str(actor),
        action=action,
        subject=subject,
        details=details,
        previous_hash=chain.head_hash,
        hash=digest,
    )
    chain.length, chain.head_hash = entry.sequence, digest
    chain.save(update_fields=["length", "head_hash"])
    return entry


def _begin(name: str, customer: Customer | None) -> AuditChain:
    first = {"customer": customer, "head_hash": audit_chain.first_hash(name)}
    AuditChain.objects.get_or_create(name=name, defaults=first)
    return AuditChain.objects.select_for_update().get(name=name)
