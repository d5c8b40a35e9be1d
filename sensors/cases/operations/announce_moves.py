"""Tell a customer's people which box is at another site, or at another gateway. The worker's alone."""

from datetime import timedelta

from django.utils import timezone

from sensors.models import SensorMove
from sensors.states import SensorState
from tenants.operations.announce import announce


def announce_moves() -> int:
    """Of how many people have still to be told.

    Of a box that was never there nobody is told: no key is older than its move.
    """
    waiting = SensorMove.objects.filter(announced_at=None)
    waiting.filter(sensor__state=SensorState.REGISTERED).update(announced_at=timezone.now())
    moves = waiting.select_related("sensor", "from_site", "to_site__customer", "from_gateway", "to_gateway")
    return sum(not _announce(move) for move in moves.order_by("pk"))


def _announce(move: SensorMove) -> bool:
    customer = move.to_site.customer
    announced_at = announce(
        about=f"sensor-move:{move.pk}",
        customer=customer,
        template="sensor_moved",
        context={"move": move, "sensor": move.sensor, "minutes": customer.change_delay // timedelta(minutes=1)},
    )
    if announced_at is not None:
        SensorMove.objects.filter(pk=move.pk).update(announced_at=announced_at)
    return announced_at is not None
