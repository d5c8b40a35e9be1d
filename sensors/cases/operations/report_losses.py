"""Several boxes are gone: each is reported for itself, so that none has to wait for, or fails with, another."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sensors.cases.operations.report_loss import report_loss
from sensors.models import Case, Sensor
from tenants.models import Person

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of one box: its case, or why there is none."""

    sensor: Sensor
    case: Case | None
    refusal: str = ""


def report_losses(
    *, sensors: Iterable[Sensor], kind: str, reported_by: Person, received_at: datetime
) -> list[Reported]:
    """One answer for each, in their order. A transaction each, so not to be called inside of one.

    The caller has made sure that `reported_by` may report all of them.
    """
    return [_report(sensor, kind, reported_by, received_at) for sensor in sensors]


def _report(sensor: Sensor, kind: str, reported_by: Person, received_at: datetime) -> Reported:
    try:
        case = report_loss(sensor=sensor, kind=kind, reported_by=reported_by, received_at=received_at)
    except ValidationError as error:
        return Reported(sensor, None, " ".join(error.messages))
    except Exception:  # whatever it is, the boxes that come after this one must be cut off all the same
        logger.exception("sensor %s could not be reported", sensor.pk)
        words = _("%(name)s could not be cut off: something went wrong here. Send it again.")
        return Reported(sensor, None, words % {"name": sensor.name})
    return Reported(sensor, case)
