"""The row lock that a loss report and a key release share: the second one sees what the first has committed."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet

from database.repeated import RepeatedQueries, RepeatedQuery
from sensors.models import Gateway, Sensor, UnderlayAddress
from tenants.models import Customer, Site

Part = TypeVar("Part", bound=Model)


def lock_sensor(sensor: Sensor) -> Sensor:
    """The sensor as it is now with all that it refers to, its row locked until the transaction ends.

    Raises Sensor.DoesNotExist.
    """
    lock_row(sensor)
    found = _READ.first(sensor.pk)
    if found is None:
        raise Sensor.DoesNotExist(f"There is no sensor {sensor.pk}.")
    return found


def lock_row(sensor: Sensor) -> None:
    """The lock alone: what is to be known is read by a statement after it.

    One that has waited for a row lock sees, on PostgreSQL, the locked row as it is now, but all others as they were
    when it began to wait. Raises Sensor.DoesNotExist.
    """
    if _LOCK.first(sensor.pk) is None:
        raise Sensor.DoesNotExist(f"There is no sensor {sensor.pk}.")


def lock_free_rows(sensors: Sequence[UUID]) -> list[UUID]:
    """The same for those of them that nobody holds at this moment, without waiting for the others."""
    return _LOCK_FREE.all(sensors)


_PARTS: dict[str, type[Model]] = {
    "": Sensor,
    "site__": Site,
    "site__customer__": Customer,
    "gateway__": Gateway,
    "underlay_address__": UnderlayAddress,
}


def _row_to_lock(sensor: UUID) -> QuerySet[Any, Any]:
    return Sensor.objects.select_for_update(no_key=True).order_by().filter(pk=sensor).values_list("pk")


def _free_rows(sensors: tuple[UUID, ...]) -> QuerySet[Any, Any]:
    free = Sensor.objects.select_for_update(no_key=True, skip_locked=True).order_by()
    return free.filter(pk__in=sensors).values_list("pk")


def _everything(sensor: UUID) -> QuerySet[Any, Any]:
    columns = [f"{prefix}{name}" for prefix, model in _PARTS.items() for name in _columns(model)]
    return Sensor.objects.order_by().filter(pk=sensor).values_list(*columns)


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _put_together(*columns: Any) -> Sensor:
    values = iter(columns)
    sensor = _take(Sensor, values)
    sensor.site = _take(Site, values)
    sensor.site.customer = _take(Customer, values)
    sensor.gateway = _take(Gateway, values)
    sensor.underlay_address = _take(UnderlayAddress, values)
    return sensor


def _take(model: type[Part], values: Iterator[Any]) -> Part:
    names = _columns(model)
    return model.from_db(DEFAULT_DB_ALIAS, names, list(islice(values, len(names))))


_LOCK = RepeatedQuery(lambda pk: str(pk), _row_to_lock, UUID)
_LOCK_FREE = RepeatedQueries(lambda pk: UUID(str(pk)), _free_rows, UUID)
_READ = RepeatedQuery(_put_together, _everything, UUID)
