"""Codes for many boxes that are still to be set up, for a sheet of paper each."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError

from sensors.enrolment.operations.issue_enrolment_code import check_enrollable, issue_sensor_code
from sensors.models import Sensor
from sensors.states import SensorState
from tenants.actors import Actor

MOST_SHEETS = 100


class InstallCode(NamedTuple):
    """Either has the code, for this once, or says why there is none."""

    sensor: Sensor
    code: str
    why_not: str


def issue_install_codes(
    *, sensors: Sequence[Sensor], newest: Mapping[str, int | None], issued_by: Actor
) -> list[InstallCode]:
    """Each in a transaction of its own; `newest` has by key the newest code that the asker knows of.

    Raises ValidationError for more than a hundred. The caller has made sure that the person may issue codes for each.
    """
    if len(sensors) > MOST_SHEETS:
        raise ValidationError(f"Choose {MOST_SHEETS} sensors at most: {len(sensors)} are too many for one print.")
    return [_issue(sensor, newest.get(str(sensor.pk)), issued_by) for sensor in sensors]


def _issue(sensor: Sensor, newest: int | None, issued_by: Actor) -> InstallCode:
    if why_not := why_no_sheet(sensor):
        return InstallCode(sensor, "", why_not)
    try:
        return InstallCode(sensor, issue_sensor_code(sensor=sensor, issued_by=issued_by, after=newest), "")
    except ValidationError as error:
        return InstallCode(sensor, "", " ".join(error.messages))


def why_no_sheet(sensor: Sensor) -> str:
    """Empty if there can be one: many at once are for boxes that nobody has set up yet."""
    if sensor.state == SensorState.IN_SERVICE:
        return "It is in service: a code would let another box take its place. Its own page issues one."
    if sensor.customer.two_people_for_changes:
        return "Its customer's policy wants two people for a code: ask for it on its own page."
    try:
        check_enrollable(sensor)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
