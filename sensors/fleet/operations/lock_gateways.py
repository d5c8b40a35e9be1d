"""The row locks of several gateways, for a sensor that goes from one to another."""

from collections.abc import Iterable
from uuid import UUID

from sensors.models import Gateway


def lock_gateways(keys: Iterable[UUID]) -> dict[UUID, Gateway]:
    """As they are now, locked in one order for everybody, so that two moves in opposite directions do not collide."""
    rows = Gateway.objects.select_for_update(no_key=True).filter(pk__in=set(keys)).order_by("pk")
    return {gateway.pk: gateway for gateway in rows}
