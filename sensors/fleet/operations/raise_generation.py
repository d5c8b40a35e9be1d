"""Let a gateway know that something which concerns it has changed."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from database.owner_functions import call_owner_function, has_owner_functions
from sensors.models import Gateway, GatewaySlot, Sensor


def raise_generation(*, sensor: Sensor) -> None:
    """In the transaction of the change itself. The gateway's row stays locked until that is committed, so generations
    become visible in their order and no poll can step over one."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A generation needs the transaction of the change.")
    if has_owner_functions():
        call_owner_function("sensors_raise_generation", sensor.pk)
        return
    raised = _raise(sensor.gateway_id)
    GatewaySlot.objects.update_or_create(
        gateway_id=sensor.gateway_id, sensor_id=sensor.pk, defaults={"generation": raised}
    )


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
