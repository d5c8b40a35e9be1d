"""Another person agrees: there is an enrolment code, which that person is shown."""

from uuid import UUID

from django.db import transaction

from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_sensor_code import ACTION
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Sensor
from tenants.models import Approval, Person
from tenants.operations.decide_approval import ApprovalRefused, using_approval
from tenants.roles import Permission


@transaction.atomic(durable=True)
def agree_to_sensor_code(*, approval: UUID, approved_by: Person) -> tuple[Sensor, str]:
    """The sensor, and the code for this once. It counts as issued by the one who asked, so `approved_by` can still be
    the second person who lets the box have its key.

    `approval` names what `approved_by` has read. Raises ValidationError.
    """
    asked = Approval.objects.undecided().filter(pk=approval, action=ACTION).first()
    if asked is None:
        raise ApprovalRefused("This was decided meanwhile.")
    # Its lock comes before those of the request and of the two people, as where a case is closed.
    sensor = lock_sensor(Sensor.objects.get(pk=asked.details["sensor"]))
    with using_approval(
        approval=approval,
        about=asked.about,
        approved_by=approved_by,
        agreeing_needs=Permission.ENROLMENT_CODE_ISSUE,
        still_needs=Permission.ENROLMENT_CODE_ISSUE,
    ) as agreed:
        return sensor, issue_sensor_code(sensor=sensor, issued_by=agreed.requested_by.actor, agreed=agreed)
