"""Entries of several customers in one transaction, as long as no one of them can keep the others waiting."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from database.repeated import RepeatedQueries
from tenants.audit.record_audit import APPEND, CustomerEntry, Head, chain_of, entry_after
from tenants.models import AuditChain, Customer


def _named(name: str, *head: Any) -> tuple[str, Head]:
    return name, Head(*head)


def _free(names: tuple[str, ...]) -> QuerySet[Any, Any]:
    free = AuditChain.objects.select_for_update(skip_locked=True).filter(name__in=names)
    return free.values_list("name", "pk", "length", "head_hash")


_FREE = RepeatedQueries(_named, _free, str)


class FreeChains:
    """The chains of these customers that exist and that nobody held, locked until the transaction ends."""

    def __init__(self, customers: Iterable[Customer]) -> None:
        """Raises TransactionManagementError outside a transaction."""
        self._heads = dict(_FREE.all(sorted({chain_of(customer) for customer in customers})))

    def __contains__(self, customer: Customer) -> bool:
        return chain_of(customer) in self._heads

    def append(self, entries: Sequence[CustomerEntry]) -> None:
        """In their order. Raises KeyError for a customer whose chain is not among these."""
        rows = []
        moved: dict[str, Head] = {}
        for entry in entries:
            name = chain_of(entry.customer)
            head = moved.get(name) or self._heads[name]
            row = entry_after(
                head, name, actor=entry.actor, action=entry.action, subject=entry.subject, details=entry.details
            )
            moved[name] = Head(head.chain_id, row["sequence"], row["hash"])
            rows.append(row)
        self._heads |= moved
        APPEND.many(rows)
