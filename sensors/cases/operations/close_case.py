"""A second person agrees: a case ends. What was revoked stays revoked; a box that is given back begins again."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from notices.operations.queue_mails import queue_mails
from pki.escrow.operations.destroy_key import destroy_key
from pki.escrow.operations.retire_key import retire_key
from pki.models.wrapped_key import DISK_KEY
from sensors.cases.operations.request_closing import OUTCOMES, locked_open_case
from sensors.cases.operations.retire_sensor import leave_service
from sensors.fleet.operations.allocate_address import release_address
from sensors.fleet.operations.change_state import change_state
from sensors.fleet.operations.lock_gateway import lock_gateway
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Case, CaseOutcome, Sensor
from sensors.states import SensorState
from tenants.audiences import people_to_tell
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Approval, Person
from tenants.operations.decide_approval import ApprovalRefused, using_approval
from tenants.roles import Permission

_STATES = {
    CaseOutcome.GIVEN_BACK: SensorState.RETURNED,
    CaseOutcome.FALSE_ALARM: SensorState.RETURNED,
    CaseOutcome.WRITTEN_OFF: SensorState.RETIRED,
}


@transaction.atomic(durable=True)
def close_case(*, case: Case, approval: UUID, approved_by: Person) -> Case:
    """`approval` names what `approved_by` has read: if it is about something else by now, nothing is done.

    Under the row lock of reports and releases: a report that comes later finds no open case and opens a new one.
    Raises ValidationError.
    """
    sensor = lock_sensor(case.sensor)
    case = locked_open_case(case)
    case.sensor = sensor
    asked = Approval.objects.undecided().filter(pk=approval, about=case.about, action__in=OUTCOMES).first()
    if asked is None:
        raise ApprovalRefused("This was decided meanwhile.")
    outcome = OUTCOMES[asked.action]
    if outcome is CaseOutcome.WRITTEN_OFF:
        # Before the request and the two people, as where two people decide of the gateway: it is told in the end.
        lock_gateway(sensor.gateway)
    with using_approval(
        approval=approval,
        about=case.about,
        approved_by=approved_by,
        agreeing_needs=Permission.APPROVAL_GIVE,
        still_needs=Permission.CASE_CLOSE,
    ) as agreed:
        if outcome is CaseOutcome.WRITTEN_OFF:
            # Before the approval's own row in the audit chain, which comes after the gateway's lock, as everywhere.
            leave_service(sensor=sensor, now=timezone.now())
    _end_key(sensor, outcome)
    case.closed_at, case.outcome = timezone.now(), outcome
    case.save(update_fields=["closed_at", "outcome"])
    change_state(sensor=sensor, to=_STATES[outcome], changed_by=approved_by.actor)
    if outcome is CaseOutcome.WRITTEN_OFF:
        release_address(address=sensor.underlay_address)
    record_customer_audit(
        customer=sensor.customer,
        actor=approved_by.actor,
        action=AuditAction.CASE_CLOSE,
        subject=case.about,
        details={"sensor": sensor.subject, "outcome": outcome, "approval": str(agreed.pk)},
    )
    queue_mails(
        recipients=people_to_tell(sensor.customer),
        template="case_closed",
        about=case.about,
        context={"case": case, "requested_by": agreed.requested_by, "approved_by": approved_by},
    )
    return case


def _end_key(sensor: Sensor, outcome: CaseOutcome) -> None:
    """Between the approval and the end of the case: the database lets this door do it at no other time."""
    if outcome is CaseOutcome.WRITTEN_OFF:
        destroy_key(purpose=DISK_KEY, subject=sensor.subject, now=timezone.now())
    elif outcome is CaseOutcome.GIVEN_BACK:
        # It was in hands unknown, with the key perhaps in its memory.
        retire_key(purpose=DISK_KEY, subject=sensor.subject, now=timezone.now())
