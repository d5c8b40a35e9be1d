"""Tell a customer's people who lets a box have its key where it is held. The worker's alone."""

from datetime import timedelta

from django.utils import timezone

from sensors.models import KeyPermit
from tenants.operations.announce import announce


def announce_permits() -> int:
    """Of how many people have still to be told."""
    permits = KeyPermit.objects.usable(timezone.now()).filter(announced_at=None)
    with_all = permits.with_giver().select_related("sensor__site__customer")
    return sum(not _announce(permit) for permit in with_all)


def _announce(permit: KeyPermit) -> bool:
    announced_at = announce(
        about=f"key-permit:{permit.pk}",
        customer=permit.sensor.customer,
        template="key_permitted",
        context={
            "sensor": permit.sensor,
            "permit": permit,
            "minutes": permit.sensor.customer.change_delay // timedelta(minutes=1),
        },
    )
    if announced_at is not None:
        KeyPermit.objects.filter(pk=permit.pk).update(announced_at=announced_at)
    return announced_at is not None
