"""What the audit trail keeps of an import that has begun. What it made, the operations told there one by one."""

from sensors.models import ImportRun
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit


def note_beginning(*, run: ImportRun, actor: Actor) -> None:
    record_customer_audit(
        customer=run.customer,
        actor=actor,
        action=AuditAction.CUSTOMER_IMPORT_BEGIN,
        subject=run.about,
        details={"sha256": run.digest, "sites": run.sites, "people": run.people, "boxes": run.boxes},
    )


def note_end(*, run: ImportRun, actor: Actor) -> None:
    record_customer_audit(
        customer=run.customer,
        actor=actor,
        action=AuditAction.CUSTOMER_IMPORT_END,
        subject=run.about,
        details={"outcome": run.outcome, "rows_done": run.rows_done, "rows": run.rows},
    )
