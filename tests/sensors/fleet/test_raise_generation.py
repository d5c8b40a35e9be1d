import pytest
from django.db import transaction

from sensors.fleet.operations.raise_generation import raise_config_generation, raise_generation
from sensors.models import GatewaySlot, Sensor
from tests.support.fleet import Fleet


def test_it_rises_by_one_and_marks_the_sensors_slot(fleet: Fleet):
    sensor = fleet.register()
    before = fleet.gateway.generation
    raise_generation(sensor=sensor)
    assert fleet.gateway.generation == before + 1
    assert GatewaySlot.objects.get(sensor=sensor).generation == before + 1


def test_other_sensors_slots_and_the_configuration_stay(fleet: Fleet):
    one, other = fleet.register("box-1"), fleet.register("box-2")
    slot, config = GatewaySlot.objects.get(sensor=other).generation, fleet.gateway.config_generation
    raise_generation(sensor=one)
    assert GatewaySlot.objects.get(sensor=other).generation == slot
    assert fleet.gateway.config_generation == config


def test_a_configuration_of_its_own_generation_marks_no_sensor(fleet: Fleet):
    fleet.register()
    slots, before = list(GatewaySlot.objects.values()), fleet.gateway.generation
    assert raise_config_generation(gateway=fleet.gateway) == before + 1
    assert fleet.gateway.config_generation == before + 1
    assert list(GatewaySlot.objects.values()) == slots


def test_a_stale_row_in_memory_does_not_bring_it_down(fleet: Fleet):
    sensor = fleet.register()
    stale = sensor.gateway
    raise_generation(sensor=sensor)
    raise_generation(sensor=sensor)
    assert fleet.gateway.generation == stale.generation + 3


@pytest.mark.django_db(transaction=True)
def test_it_needs_the_transaction_of_what_it_tells_of():
    with pytest.raises(transaction.TransactionManagementError):
        raise_generation(sensor=Sensor())
