from ipaddress import IPv4Network

import pytest

from sensors.artifacts.operations.gather_facts import gateway_facts, sensor_facts, setup_facts
from sensors.artifacts.rendering import UnsafeValue
from sensors.models import Gateway
from tests.support.fleet import Fleet


def test_rows_become_facts(fleet: Fleet):
    sensor = fleet.register()
    facts = sensor_facts(sensor)
    assert (str(facts.address), facts.name, facts.subject) == ("10.88.0.2", "box-1", sensor.subject)
    assert facts.gateway.network == IPv4Network("10.88.0.0/16")
    assert facts.gateway.base_networks == (IPv4Network("10.20.0.0/24"),)


@pytest.mark.parametrize("server", ["", "manager", "10.20.0.10\n", "10.20.0.0/24", "::1", "10.20.0.10'"])
def test_a_managers_address_that_is_none_is_refused(fleet: Fleet, server: str):
    with pytest.raises(UnsafeValue, match="manager's address"):
        setup_facts(fleet.register(), server)


def test_a_row_that_was_changed_behind_our_back_makes_no_file(fleet: Fleet):
    Gateway.objects.update(host="vpn.example.org\nup /tmp/evil")
    with pytest.raises(UnsafeValue, match="host"):
        gateway_facts(fleet.gateway)
