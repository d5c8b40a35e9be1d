from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from notices.operations.queue_mails import queue_mails
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Case
from tenants.actors import Actor
from tenants.audiences import people_to_tell
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit

PATIENCE = timedelta(minutes=5)


def escalate_cases() -> int:
    """Tell people, once per case, of cut-offs that a gateway has not confirmed after five minutes; how many."""
    late = Case.objects.unconfirmed().filter(escalated_at=None, opened_at__lt=timezone.now() - PATIENCE)
    return sum(_escalate(case) for case in late)


@transaction.atomic
def _escalate(case: Case) -> bool:
    # Each process that changes a case holds its sensor's lock: a gateway may be confirming this one right now.
    lock_sensor(case.sensor)
    unconfirmed = Case.objects.unconfirmed().filter(pk=case.pk, escalated_at=None)
    if not unconfirmed.update(escalated_at=timezone.now()):
        return False
    missing = [str(measure.gateway) for measure in case.measures.filter(done_at=None).select_related("gateway")]
    customer = case.sensor.customer
    record_customer_audit(
        customer=customer,
        actor=Actor.process("worker"),
        action=AuditAction.CASE_ESCALATE,
        subject=case.about,
        details={"unconfirmed": sorted(set(missing))},
    )
    queue_mails(
        recipients=people_to_tell(customer),
        template="case_unconfirmed",
        about=case.about,
        context={"case": case, "gateways": sorted(set(missing))},
    )
    return True
