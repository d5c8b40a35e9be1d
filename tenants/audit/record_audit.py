"""Write one entry into a hash chain, in the transaction of what it tells of."""

from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from database.repeated import RepeatedQuery
from database.repeated_writes import RepeatedInsert
from tenants.actors import Actor
from tenants.audit import chain as audit_chain
from tenants.audit.actions import AuditAction
from tenants.models import AuditChain, AuditEntry, Customer

PROVIDER_CHAIN = "provider"


class Head(NamedTuple):
    chain_id: int
    length: int
    hash: str


class CustomerEntry(NamedTuple):
    """What `record_customer_audit` takes."""

    customer: Customer
    actor: Actor
    action: AuditAction
    subject: str
    details: dict[str, Any]


def _locked(name: str) -> QuerySet[Any, Any]:
    return AuditChain.objects.select_for_update().filter(name=name).values_list("pk", "length", "head_hash")


_HEAD = RepeatedQuery(Head, _locked, str)
# The database itself moves the chain's head: see `tenants/chain_heads.postgresql.sql`.
APPEND = RepeatedInsert(AuditEntry)


def record_customer_audit(
    *, customer: Customer, actor: Actor, action: AuditAction, subject: str, details: dict[str, Any] | None = None
) -> None:
    """Raises TransactionManagementError outside a transaction: the entry must stand or fall with what it tells of."""
    _append(chain_of(customer), customer, actor=actor, action=action, subject=subject, details=details or {})


def record_provider_audit(
    *, actor: Actor, action: AuditAction, subject: str, details: dict[str, Any] | None = None
) -> None:
    """For what concerns no single customer: gateways, authorities, provider staff."""
    _append(PROVIDER_CHAIN, None, actor=actor, action=action, subject=subject, details=details or {})


def chain_of(customer: Customer) -> str:
    return f"customer:{customer.pk}"


def _append(
    name: str, customer: Customer | None, *, actor: Actor, action: AuditAction, subject: str, details: dict[str, Any]
) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An audit entry needs the transaction of what it tells of.")
    # The row lock makes the chain a queue: the next entry waits here until this transaction has ended.
    head = _HEAD.first(name) or _begin(name, customer)
    APPEND(**entry_after(head, name, actor=actor, action=action, subject=subject, details=details))


def entry_after(
    head: Head, name: str, *, actor: Actor, action: AuditAction, subject: str, details: dict[str, Any]
) -> dict[str, Any]:
    """The columns of the chain's next entry."""
    if actor.token:
        details = details | {"token": actor.token}
    at, sequence, subject = timezone.now(), head.length + 1, subject[:200]
    digest = audit_chain.entry_hash(
        chain=name,
        sequence=sequence,
        at=at.isoformat(),
        actor=str(actor),
        action=str(action),
        subject=subject,
        details=details,
        previous=head.hash,
    )
    return {
        "chain_id": head.chain_id,
        "sequence": sequence,
        "at": at,
        "actor": str(actor),
        "action": str(action),
        "subject": subject,
        "details": details,
        "previous_hash": head.hash,
        "hash": digest,
    }


def _begin(name: str, customer: Customer | None) -> Head:
    first = {"customer": customer, "head_hash": audit_chain.first_hash(name)}
    AuditChain.objects.get_or_create(name=name, defaults=first)
    return Head(*AuditChain.objects.select_for_update().values_list("pk", "length", "head_hash").get(name=name))
