"""Several boxes of one site, each reported for itself. Of those that were too many, people are told."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError

from sensors.cases.operations.note_card_limit import note_card_limit
from sensors.cases.operations.report_loss_by_card import CardRevoked, TooManyByCard, report_loss_by_card
from sensors.cases.operations.report_losses import Reported
from sensors.models import LossCard, Sensor

logger = logging.getLogger(__name__)


def report_losses_by_card(
    *, card: LossCard, sensors: Iterable[Sensor], kind: str, received_at: datetime, shown_at: datetime
) -> tuple[list[Reported], list[Sensor]]:
    """What became of each, and those that were too many in this hour. A transaction each. Raises CardRevoked."""
    told: list[Reported] = []
    too_many: list[Sensor] = []
    for sensor in sensors:
        try:
            case = report_loss_by_card(card=card, sensor=sensor, kind=kind, received_at=received_at, shown_at=shown_at)
            told.append(Reported(sensor, case))
        except TooManyByCard:
            too_many.append(sensor)
        except CardRevoked:
            raise
        except ValidationError as error:
            told.append(Reported(sensor, None, " ".join(error.messages)))
        except Exception:  # whatever it is, the boxes that come after this one must be cut off all the same
            logger.exception("sensor %s could not be reported by card %s", sensor.pk, card.pk)
            told.append(Reported(sensor, None, f"{sensor.name} could not be cut off: something went wrong here."))
    if too_many:
        note_card_limit(card=card, sensors=too_many, kind=kind)
    return told, too_many
