"""A box asks from where it is not expected, and somebody who has looked lets it have its key there, once."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from notices.operations.wake_worker import wake_worker
from sensors.enrolment.operations.issue_enrolment_code import ANNOUNCE_TASK
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.keys.held_requests import held_request_of
from sensors.models import EnrolmentCode, KeyPermit, Sensor
from sensors.states import SensorState
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Person
from tenants.operations.check_standing import why_not

LIFETIME = timedelta(hours=1)


@transaction.atomic(durable=True)
def permit_release(*, sensor: Sensor, public_address: str, permitted_by: Person) -> KeyPermit:
    """For the address that `permitted_by` has read; the permit that is there already, if somebody was faster.

    The caller has made sure that `permitted_by` may. Raises ValidationError if the box is not held at that address, or
    if it came with a code that the same person has issued.
    """
    sensor = lock_sensor(sensor)
    # After the sensor's, as where a case is closed: what is known of the account stays true until this commits.
    permitted_by = Person.objects.select_for_update(no_key=True).get(pk=permitted_by.pk)
    held = held_request_of(sensor)
    if sensor.state != SensorState.IN_SERVICE or held is None:
        raise ValidationError(f"{sensor.name} does not wait for its key any more.")
    if held.public_address != public_address:
        raise ValidationError(f"{sensor.name} asks from {held.public_address} by now. Look at that first.")
    now = timezone.now()
    code = sensor.unconfirmed_code
    if code and (why := why_not_second_person(code=code, person=permitted_by)):
        raise ValidationError(why)
    for earlier in KeyPermit.objects.usable(now).filter(sensor=sensor, public_address=public_address):
        if code is None or (code.used_at and earlier.is_second_word_on(issued_by=code.issued_by, used_at=code.used_at)):
            return earlier  # Two people at once permit one boot.
    permit = KeyPermit.objects.create(
        sensor=sensor,
        public_address=public_address,
        permitted_by=permitted_by,
        permitted_at=now,
        expires_at=now + sensor.customer.change_delay + LIFETIME,
    )
    record_customer_audit(
        customer=sensor.customer,
        actor=permitted_by.actor,
        action=AuditAction.SENSOR_DISK_KEY_PERMIT,
        subject=f"sensor:{sensor.subject}",
        details={"public_address": public_address, "expires_at": permit.expires_at.isoformat()},
    )
    wake_worker(task=ANNOUNCE_TASK)
    return permit


def why_not_second_person(*, code: EnrolmentCode, person: Person) -> str:
    """Why `person` does not count as the second one about a box that came with `code`; empty if they do."""
    if str(person.actor) == code.issued_by:
        return "The box came with a code that you issued. Somebody else has to make sure that it is the right box."
    return why_not(person=person, asked_at=code.issued_at)
