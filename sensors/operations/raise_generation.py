"""Let a gateway know that something which concerns it has changed."""

from django.db.models import F

from sensors.models import Gateway, GatewaySlot, Sensor


def raise_generation(*, sensor: Sensor) -> int:
    """In the transaction of the change itself. The gateway's row stays locked until that is committed, so generations
    become visible in their order and no poll can step over one."""
    Gateway.objects.filter(pk=sensor.gateway_id).update(generation=F("generation") + 1)
    generation = Gateway.objects.values_list("generation", flat=True).get(pk=sensor.gateway_id)
    GatewaySlot.objects.update_or_create(
        gateway_id=sensor.gateway_id, sensor=sensor, defaults={"generation": generation}
    )
    return generation


def raise_config_generation(*, gateway: Gateway) -> int:
    """For a change of the gateway's own configuration."""
    Gateway.objects.filter(pk=gateway.pk).update(generation=F("generation") + 1)
    Gateway.objects.filter(pk=gateway.pk).update(config_generation=F("generation"))
    return Gateway.objects.values_list("generation", flat=True).get(pk=gateway.pk)
