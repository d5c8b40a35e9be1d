"""Let a gateway know that something which concerns it has changed."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from sensors.models import Gateway, GatewaySlot, Sensor

_GATEWAYS, _SLOTS = Gateway._meta.db_table, GatewaySlot._meta.db_table
# Written by hand, because each loss report waits for these; only our own names are put in.
_RAISE = f'UPDATE "{_GATEWAYS}" SET "generation" = "generation" + 1 WHERE "id" = %s'  # noqa: S608
_MARK = (
    f'INSERT INTO "{_SLOTS}" ("gateway_id", "sensor_id", "generation")'  # noqa: S608
    f' SELECT "id", %s, "generation" FROM "{_GATEWAYS}" WHERE "id" = %s'
    ' ON CONFLICT ("gateway_id", "sensor_id") DO UPDATE SET "generation" = excluded."generation"'
)


def raise_generation(*, sensor: Sensor) -> None:
    """In the transaction of the change itself. The gateway's row stays locked until that is committed, so generations
    become visible in their order and no poll can step over one."""
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A generation needs the transaction of the change.")

    def key(value: UUID) -> object:
        return Gateway._meta.pk.get_db_prep_value(value, connection)

    with connection.cursor() as cursor:
        cursor.execute(_RAISE, [key(sensor.gateway_id)])
        cursor.execute(_MARK, [key(sensor.pk), key(sensor.gateway_id)])


def raise_config_generation(*, gateway: Gateway) -> int:
    """For a change of the gateway's own configuration."""
    Gateway.objects.filter(pk=gateway.pk).update(generation=F("generation") + 1)
    Gateway.objects.filter(pk=gateway.pk).update(config_generation=F("generation"))
    return Gateway.objects.values_list("generation", flat=True).get(pk=gateway.pk)
