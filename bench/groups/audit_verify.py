"""Recomputing a customer's whole audit chain from the database."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.portal_process import portal_process
from bench.rows import Row, percentile
from bench.run import Run
from bench.stopwatch import milliseconds_of

if TYPE_CHECKING:
    from tenants.models import AuditChain

BATCH = 5_000


def measure(run: Run) -> Iterator[Row]:
    """Two lengths: the rate must be the same if the work is linear."""
    with portal_process("manage", run):
        yield from _measure(run.size(10_000, 100), run.size(100_000, 1_000), times=run.size(5, 1))


def _measure(short: int, long: int, times: int) -> Iterator[Row]:
    from bench.people_and_places import make_sites
    from tenants.audit.verify_audit import verify_audit
    from tenants.models import AuditChain

    [site] = make_sites(1, 1)
    rates: list[float] = []
    for length in (short, long):
        chain = AuditChain.objects.get(customer=site.customer)
        _lengthen(chain, length - chain.length)
        taken = [milliseconds_of(partial(verify_audit, chain=chain)) for _ in range(times)]
        rates.append(length / percentile(taken, 50) * 1000)
    yield Row(
        "audit_verify.rows_per_s",
        rates[1],
        "rows/s",
        times,
        {"rows": long, f"rows_per_s_at_{short}": round(rates[0]), "linear": round(rates[1] / rates[0], 2)},
    )


def _lengthen(chain: "AuditChain", count: int) -> None:
    """Append entries of a key release's form and hashes, in bulk."""
    from django.db import connection
    from django.utils import timezone

    from tenants.audit.chain import entry_hash
    from tenants.models import AuditEntry

    at = timezone.now()
    details = {
        "reason": "released",
        "source": "10.88.0.5",
        "public_address": "198.51.100.21",
        "serial": "527911837294018273645510928374655019283746550192",
    }
    entries = []
    for _ in range(count):
        fields: dict[str, Any] = {
            "sequence": chain.length + 1,
            "actor": "machine:s-abcdefghijkl",
            "action": "sensor:disk-key:release",
            "subject": "sensor:s-abcdefghijkl",
            "details": details,
        }
        digest = entry_hash(chain=chain.name, at=at.isoformat(), previous=chain.head_hash, **fields)
        entries.append(AuditEntry(chain=chain, at=at, previous_hash=chain.head_hash, hash=digest, **fields))
        chain.length, chain.head_hash = chain.length + 1, digest
    with connection.cursor() as cursor:
        # It would move the chain's head once for each of 100,000.
        cursor.execute("ALTER TABLE tenants_auditentry DISABLE TRIGGER tenants_auditentry_follows")
        AuditEntry.objects.bulk_create(entries, batch_size=BATCH)
        chain.save(update_fields=["length", "head_hash"])
        cursor.execute("ALTER TABLE tenants_auditentry ENABLE TRIGGER tenants_auditentry_follows")
        cursor.execute("VACUUM ANALYZE tenants_auditentry")
