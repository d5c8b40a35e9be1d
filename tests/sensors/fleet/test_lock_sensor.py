import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Sensor
from tests.support.fleet import Fleet


def columns(row) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_it_is_the_sensor_as_stored_with_all_that_it_refers_to(fleet: Fleet):
    stale = fleet.register()
    Sensor.objects.filter(pk=stale.pk).update(description="moved to rack 3")
    with transaction.atomic():
        locked = lock_sensor(stale)
    stored = Sensor.objects.get(pk=stale.pk)
    assert locked == stale
    assert columns(locked)["description"] == "moved to rack 3"
    with CaptureQueriesContext(connection) as captured:
        locked_parts = [locked, locked.site, locked.customer, locked.gateway, locked.underlay_address]
        assert str(locked.underlay_address) == locked.address
    assert captured.captured_queries == []
    stored_parts = [stored, stored.site, stored.customer, stored.gateway, stored.underlay_address]
    assert [columns(part) for part in locked_parts] == [columns(part) for part in stored_parts]


def test_it_can_be_saved_again(fleet: Fleet):
    with transaction.atomic():
        locked = lock_sensor(fleet.register())
        locked.name = "box-2"
        locked.save()
    assert Sensor.objects.get().name == "box-2"


def test_a_sensor_that_is_gone_is_told(fleet: Fleet):
    with transaction.atomic(), pytest.raises(Sensor.DoesNotExist):
        lock_sensor(Sensor(pk=uuid.uuid4()))


@pytest.mark.django_db(transaction=True)
def test_there_is_no_lock_without_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        lock_sensor(Sensor(pk=uuid.uuid4()))
