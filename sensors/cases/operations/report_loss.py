"""A box is lost or stolen: from this commit on it is worthless."""

import contextlib
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from sensors.cases.operations.add_case_note import in_words, write_note
from sensors.cases.operations.open_case import open_case
from sensors.cases.report_keys import RepeatedBy, case_of_key, keep_key
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Case, Sensor
from sensors.states import REPORTABLE
from tenants.models import Person
from tenants.operations.decide_approval import overtake_approvals


@transaction.atomic(durable=True)
def report_loss(
    *,
    sensor: Sensor,
    kind: str,
    reported_by: Person,
    received_at: datetime,
    note: str = "",
    callback_phone: str = "",
    repeated_by: RepeatedBy | None = None,
) -> Case:
    """The case; the one that is open already, if somebody was faster. Raises ValidationError.

    With `repeated_by`, the one that this very report has opened before, closed or not. Raises KeyOfAnotherReport and
    KeyInFlight.

    The caller has made sure that `reported_by` may report this sensor. Withholding the key, revoking and telling the
    gateway are one transaction that needs neither broker, signer nor gateway.
    """
    sensor = lock_sensor(sensor)
    if repeated_by and (case := case_of_key(repeated_by=repeated_by, person=reported_by)):
        return case
    if case := Case.objects.filter(sensor=sensor, closed_at=None).first():
        # Somebody says again that it is missing: a person who was asked to agree that it was found must know.
        overtake_approvals(about=case.about, overtaken_by=reported_by.actor, person=reported_by)
        _keep_words(case, sensor, reported_by, note, callback_phone)
        if repeated_by:
            keep_key(repeated_by=repeated_by, person=reported_by, case=case)
        return case
    if sensor.state not in REPORTABLE:
        raise ValidationError(
            _("%(name)s is %(state)s: there is nothing left to cut off."),
            params={"name": sensor.name, "state": sensor.get_state_display()},
        )
    case = Case(
        sensor=sensor,
        kind=kind,
        note=note,
        callback_phone=callback_phone,
        reported_by=reported_by,
        received_at=received_at,
    )
    open_case(case=case, sensor=sensor, repeated_by=repeated_by)
    return case


def _keep_words(case: Case, sensor: Sensor, reported_by: Person, note: str, callback_phone: str) -> None:
    """Of a report that finds a case open; pressing the button twice sends the same words twice."""
    words = in_words(note, callback_phone)
    if words and (note, callback_phone) != (case.note, case.callback_phone):
        case.sensor = sensor
        # A case that can hold no more notes refuses no report.
        with contextlib.suppress(ValidationError):
            write_note(case=case, text=words, written_by=reported_by)
