"""Address pools that are used up, or that overlap: one clear refusal, nothing half done, and nobody's address twice."""

from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from sensors.fleet.operations.register_sensor import register_sensor
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.models import Gateway, GatewaySlot, Sensor, UnderlayAddress
from tenants.models import AuditEntry
from tests.support.at_once import at_once
from tests.support.fleet import ACTOR, Fleet
from tests.support.world import PASSWORD


def small_gateway(network: str = "10.99.0.0/29", name: str = "small") -> Gateway:
    return register_gateway(
        name=name, host="198.51.100.9", port=1194, network=network, base_networks=[], registered_by=ACTOR
    )


def refusals(outcomes: list[object]) -> list[object]:
    """What was refused; anything else that went wrong is raised."""
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, ValidationError):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, ValidationError)]


def test_of_twenty_at_once_as_many_get_an_address_as_there_are(committed_fleet: Fleet):
    gateway, site = small_gateway(), committed_fleet.world.quay
    register = partial(register_sensor, site=site, gateway=gateway, line="2.4", registered_by=ACTOR)
    outcomes = at_once([partial(register, name=f"box-{number}") for number in range(20)])
    assert len(refusals(outcomes)) == 15
    taken = set(UnderlayAddress.objects.filter(gateway=gateway).values_list("address", flat=True))
    assert taken == {f"10.99.0.{last}" for last in range(2, 7)}
    assert Sensor.objects.filter(gateway=gateway).count() == GatewaySlot.objects.filter(gateway=gateway).count() == 5
    assert AuditEntry.objects.filter(action="sensor:register").count() == 5


def test_a_used_up_pool_is_said_by_rest_in_words_and_takes_nothing(fleet: Fleet):
    gateway = small_gateway()
    client = Client()
    assert client.login(username=fleet.world.operator.email, password=PASSWORD)

    def register(number: int) -> tuple[int, str]:
        body = {"site": str(fleet.world.quay.pk), "gateway": gateway.name, "name": f"box-{number}"}
        answer = client.post("/api/v1/sensors/", body, content_type="application/json")
        return answer.status_code, answer.content.decode()

    assert [register(number)[0] for number in range(5)] == [201] * 5
    before = Gateway.objects.values().get(pk=gateway.pk)
    status, body = register(5)
    assert (status, "no free address" in body) == (400, True)
    assert Gateway.objects.values().get(pk=gateway.pk) == before
    assert not Sensor.objects.filter(name="box-5").exists()


@pytest.mark.parametrize("network", ["172.17.0.0/16", "172.16.0.0/12", "172.17.4.0/24", "10.88.4.0/24", "10.0.0.0/8"])
def test_a_pool_in_the_way_of_docker_or_of_another_is_refused(fleet: Fleet, network: str):
    with pytest.raises(ValidationError):
        small_gateway(network)
    assert Gateway.objects.count() == 1


def test_of_eight_overlapping_gateways_registered_at_once_one_is_made(committed_fleet: Fleet):
    networks = ["10.99.0.0/16", "10.99.4.0/24", "10.96.0.0/12", "10.99.4.0/29"] * 2
    outcomes = at_once([partial(small_gateway, network, f"gw-{number}") for number, network in enumerate(networks)])
    assert len(refusals(outcomes)) == 7
    assert Gateway.objects.exclude(pk=committed_fleet.gateway.pk).count() == 1


def test_of_eight_boxes_of_one_name_registered_at_once_one_is_made(committed_fleet: Fleet):
    outcomes = at_once([partial(committed_fleet.register, "the-one")] * 8)
    assert len(refusals(outcomes)) == 7
    assert Sensor.objects.filter(name="the-one").count() == 1
    assert UnderlayAddress.objects.count() == 1
