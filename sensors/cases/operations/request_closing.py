"""Staff have looked at a box that was found, or have given one up: what is to become of its case."""

from django.core.exceptions import ValidationError
from django.db import transaction

from notices.operations.queue_mails import queue_mails
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Case, CaseOutcome
from tenants.audiences import people_to_tell
from tenants.models import Approval, Person
from tenants.operations.request_approval import request_approval

# The grammar of permissions and audit tags: what is acted on, colon, what is done.
ACTIONS = {
    CaseOutcome.GIVEN_BACK: "case:give-back",
    CaseOutcome.FALSE_ALARM: "case:call-false-alarm",
    CaseOutcome.WRITTEN_OFF: "case:write-off",
}

OUTCOMES = {action: outcome for outcome, action in ACTIONS.items()}


@transaction.atomic(durable=True)
def request_closing(*, case: Case, outcome: CaseOutcome, reason: str, requested_by: Person) -> Approval:
    """Nothing is changed until another person agrees. Raises ValidationError.

    The caller has made sure that `requested_by` may close this case.
    """
    sensor = lock_sensor(case.sensor)
    case = locked_open_case(case)
    case.sensor = sensor
    approval = request_approval(
        customer=sensor.customer,
        action=ACTIONS[outcome],
        about=case.about,
        reason=reason,
        requested_by=requested_by,
    )
    queue_mails(
        recipients=people_to_tell(sensor.customer),
        template="closing_requested",
        about=case.about,
        context={"case": case, "approval": approval, "outcome": outcome},
    )
    return approval


def locked_open_case(case: Case) -> Case:
    """The case as it is now; the caller holds the sensor's lock. Raises ValidationError unless open and confirmed."""
    now = Case.objects.get(pk=case.pk)
    if now.closed_at:
        raise ValidationError(f"This case is closed: {now.get_outcome_display()}.")
    if now.confirmed_at is None:
        raise ValidationError("A case can be closed only when the box is cut off, and its gateway has not yet said so.")
    return now
