from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.models import Gateway, Sensor, UnderlayAddress
from tenants.models import AuditEntry
from tests.support.fleet import ACTOR
from tests.support.world import World


@pytest.fixture
def small(world: World) -> Gateway:
    """A /29: eight addresses, of which five are for sensors."""
    return register_gateway(
        name="small",
        host="198.51.100.2",
        port=1194,
        network="10.99.0.0/29",
        base_networks=[],
        registered_by=ACTOR,
    )


def register(world: World, gateway: Gateway, number: int) -> Sensor:
    return register_sensor(site=world.quay, gateway=gateway, name=f"box-{number}", line="2.4", registered_by=ACTOR)


def fill(world: World, gateway: Gateway) -> list[Sensor]:
    return [register(world, gateway, number) for number in range(5)]


def days_pass(days: int) -> None:
    rested = UnderlayAddress.objects.exclude(released_at=None)
    rested.update(released_at=F("released_at") - timedelta(days=days))


def test_addresses_follow_one_another_after_the_gateways_own(world: World, small: Gateway):
    assert [sensor.address for sensor in fill(world, small)] == [f"10.99.0.{host}" for host in range(2, 7)]


def test_a_pool_that_is_used_up_is_told_and_leaves_nothing_half_done(world: World, small: Gateway):
    fill(world, small)
    small.refresh_from_db()
    before = (small.generation, small.next_address_offset, AuditEntry.objects.count(), UnderlayAddress.objects.count())
    with pytest.raises(ValidationError, match=r"10\.99\.0\.0/29 of gateway small has no free address: retire sensors"):
        register(world, small, 9)
    small.refresh_from_db()
    assert before == (
        small.generation,
        small.next_address_offset,
        AuditEntry.objects.count(),
        UnderlayAddress.objects.count(),
    )
    assert not Sensor.objects.filter(name="box-9").exists()


def test_a_name_that_is_refused_costs_no_address(world: World, small: Gateway):
    register(world, small, 0)
    with pytest.raises(ValidationError):
        register(world, small, 0)
    assert register(world, small, 1).address == "10.99.0.3"


def test_a_retired_sensors_address_rests_for_thirty_days(world: World, small: Gateway):
    gone = fill(world, small)[2]
    retire_sensor(sensor=gone, retired_by=ACTOR)
    days_pass(29)
    with pytest.raises(ValidationError, match="no free address"):
        register(world, small, 9)
    days_pass(2)
    assert register(world, small, 9).address == gone.address


def test_of_rested_addresses_the_one_that_rested_longest_comes_first(world: World, small: Gateway):
    sensors = fill(world, small)
    for number in (3, 0):
        retire_sensor(sensor=sensors[number], retired_by=ACTOR)
        days_pass(40)
    assert register(world, small, 8).address == sensors[3].address
    assert register(world, small, 9).address == sensors[0].address


def test_an_address_never_used_goes_before_one_that_rested(world: World, small: Gateway):
    gone = register(world, small, 0)
    retire_sensor(sensor=gone, retired_by=ACTOR)
    days_pass(40)
    assert register(world, small, 1).address == "10.99.0.3"


def test_another_gateways_pool_is_another(world: World, small: Gateway):
    assert register(world, world.gateway, 0).address == "10.88.0.2"
    assert register(world, small, 1).address == "10.99.0.2"


def test_the_database_itself_refuses_a_second_owner(world: World, small: Gateway):
    one, other = register(world, small, 0), register(world, small, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sensor.objects.filter(pk=other.pk).update(underlay_address=one.underlay_address)
    with pytest.raises(IntegrityError), transaction.atomic():
        UnderlayAddress.objects.create(gateway=world.gateway, address=one.address, allocated_at=timezone.now())
