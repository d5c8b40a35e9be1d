"""Recompute a hash chain from the database and hold it against the head that was kept."""

from collections.abc import Iterator

from tenants import audit_chain
from tenants.models import AuditChain, AuditEntry


def chain_entries(chain: AuditChain) -> Iterator[audit_chain.Entry]:
    rows = AuditEntry.objects.filter(chain=chain).order_by("sequence").select_related("chain")
    return (row.as_entry() for row in rows.iterator(chunk_size=2000))


def verify_audit(*, chain: AuditChain) -> int:
    """The number of entries. Raises audit_chain.BrokenChain, also when entries are missing at the end."""
    length, head = audit_chain.verify(chain_entries(chain))
    if (length, head or audit_chain.first_hash(chain.name)) != (chain.length, chain.head_hash):
        raise audit_chain.BrokenChain(
            f"{chain.name}: {chain.length} entries were written, {length} are there, or the last was changed"
        )
    return length
