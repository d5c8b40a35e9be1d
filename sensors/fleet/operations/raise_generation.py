"""Let a gateway know that something which concerns it has changed."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from database.owner_functions import call_owner_function, has_owner_functions
from sensors.models import Gateway, GatewaySlot, Sensor, Session


def raise_generation(*, sensor: Sensor) -> None:
    """In the transaction of the change itself. The gateway's row stays locked until that is committed, so generations
    become visible in their order and no poll can step over one.

    Told are the sensor's gateway, and one that it has left as long as that reports a tunnel of it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A generation needs the transaction of the change.")
    if has_owner_functions():
        call_owner_function("sensors_raise_generation", sensor.pk)
        return
    for place in sorted({sensor.gateway_id, *gateways_with_tunnel(sensor)}):
        GatewaySlot.objects.update_or_create(
            gateway_id=place, sensor_id=sensor.pk, defaults={"generation": _raise(place)}
        )


def gateways_with_tunnel(sensor: Sensor) -> set[UUID]:
    """As they have reported; also one that the sensor has left."""
    return set(Session.objects.current().filter(sensor=sensor).values_list("gateway_id", flat=True))


def raise_config_generation(*, gateway: Gateway) -> int:
    """For a change of the gateway's own configuration."""
    if has_owner_functions():
        return int(call_owner_function("sensors_raise_config_generation", gateway.pk))
    raised = _raise(gateway.pk)
    Gateway.objects.filter(pk=gateway.pk).update(config_generation=raised)
    return raised


def _raise(gateway: UUID) -> int:
    Gateway.objects.filter(pk=gateway).update(generation=F("generation") + 1)
    return Gateway.objects.values_list("generation", flat=True).get(pk=gateway)
