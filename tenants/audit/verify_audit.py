"""Recompute a hash chain from the database and hold it against the head that was kept."""

from collections.abc import Iterator

from django.db.models import Max

from tenants.audit import chain as audit_chain
from tenants.models import AuditChain, AuditEntry


def chain_entries(chain: AuditChain, *, until: int | None = None) -> Iterator[audit_chain.Entry]:
    rows = AuditEntry.objects.filter(chain=chain).order_by("sequence").select_related("chain")
    if until is not None:
        rows = rows.filter(sequence__lte=until)
    return (row.as_entry() for row in rows.iterator(chunk_size=2000))


def verify_audit(*, chain: AuditChain) -> int:
    """The number of entries. Raises audit_chain.BrokenChain, also when entries are missing or too many at the end.

    Others may write meanwhile: what they write after the head was read here is left to the next time.
    """
    there = AuditEntry.objects.filter(chain=chain).aggregate(last=Max("sequence", default=0))["last"]
    # Read after the last entry: an entry and its head are committed together, so the head is not behind it.
    kept = AuditChain.objects.get(pk=chain.pk)
    length, head = audit_chain.verify(chain_entries(kept, until=kept.length))
    if (length, head or audit_chain.first_hash(kept.name)) != (kept.length, kept.head_hash) or there > kept.length:
        raise audit_chain.BrokenChain(
            f"{kept.name}: {kept.length} entries were written, {max(length, there)} are there, or the last was changed"
        )
    return length
