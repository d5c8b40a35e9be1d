from django.db import transaction
from django.utils import timezone

from sensors.models import Sensor, SensorContact


@transaction.atomic
def record_heartbeat(*, sensor: Sensor, disk: str, kit_version: str) -> None:
    """No audit row: nothing was released, refused or changed in state."""
    SensorContact.objects.update_or_create(
        sensor=sensor,
        defaults={"last_heartbeat_at": timezone.now(), "disk": disk, "kit_version": kit_version},
    )
