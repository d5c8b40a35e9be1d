import re
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.locks.firewall_table import firewall_table
from sensors.artifacts.operations.gather_facts import SetupIncomplete, gateway_facts, sensor_facts, setup_facts
from sensors.artifacts.rendering import UnsafeValue
from sensors.artifacts.setup_facts import is_let_through
from sensors.models import Gateway, Sensor
from tenants.models import Customer, Site
from tests.support.fleet import Fleet


def test_rows_become_facts(fleet: Fleet):
    sensor = fleet.register()
    facts = sensor_facts(sensor)
    assert (str(facts.address), facts.name, facts.subject) == ("10.88.0.2", "box-1", sensor.subject)
    assert facts.gateway.network == IPv4Network("10.88.0.0/16")
    assert facts.gateway.base_networks == (IPv4Network("10.20.0.0/24"),)


def problems(fleet: Fleet) -> str:
    with pytest.raises(SetupIncomplete) as refused:
        setup_facts(told_of(fleet))
    return str(refused.value)


def told_of(fleet: Fleet) -> Sensor:
    return Sensor.objects.select_related("site__customer", "gateway", "underlay_address").get(name="box-1")


def test_what_is_missing_is_named_with_the_pages_where_it_can_be_filled_in(fleet: Fleet):
    fleet.register()
    text = problems(fleet)
    assert '"Sniffing interfaces" is empty on the page of the sensor box-1.' in text
    assert '"Manager\'s host name" and "Manager\'s address" are empty' in text
    assert "the sensor box-1, the site Quay 7 and the customer Harbour Logistics" in text


@pytest.mark.parametrize("address", ["10.88.0.1", "10.88.0.2", "10.21.0.10", "10.20.0.0", "10.20.0.255"])
def test_an_address_to_which_the_gateway_drops_everything_is_refused(fleet: Fleet, address: str):
    """As is the gateway's own end of the tunnel, in which nothing but a ping gets through."""
    fleet.register()
    Sensor.objects.update(sniffing_interfaces=["eth1"])
    Customer.objects.update(manager_name="manager", manager_address=address)
    text = problems(fleet)
    assert f"the customer Harbour Logistics is {address}, and the gateway gateway-1 drops" in text
    assert "(10.20.0.0/24)" in text


def test_what_counts_is_the_nearest_word(fleet: Fleet):
    fleet.register()
    Sensor.objects.update(sniffing_interfaces=["eth1"])
    Customer.objects.update(manager_name="base", manager_address="10.20.0.10", home_networks=["10.1.0.0/16"])
    facts = setup_facts(told_of(fleet))
    assert (facts.manager_name, facts.manager_from) == ("base", "the customer Harbour Logistics")
    assert list(map(str, facts.home_networks)) == ["10.1.0.0/16"]
    Site.objects.update(home_networks=["10.2.0.0/16"])
    Sensor.objects.update(manager_name="other", manager_address="10.20.0.11")
    facts = setup_facts(told_of(fleet))
    assert (str(facts.manager_address), facts.manager_from) == ("10.20.0.11", "the sensor box-1")
    assert list(map(str, facts.home_networks)) == ["10.2.0.0/16"]
    assert facts.home_networks_from == "the site Quay 7"


@given(st.ip_addresses(v=4), st.lists(st.tuples(st.ip_addresses(v=4), st.integers(8, 30)), max_size=4))
def test_what_is_let_through_is_what_the_gateways_table_accepts(address: IPv4Address, parts: list[tuple[Any, int]]):
    bases = tuple(IPv4Network(part, strict=False) for part in parts)
    bases += (IPv4Network((int(address) & ~7, 29)),) if int(address) % 3 else ()
    elements = re.search(r"elements = \{ (.*) \}", firewall_table(base_networks=bases))
    accepted = [IPv4Network(text) for text in elements.group(1).split(", ")] if elements else []
    if is_let_through(address, bases):
        assert any(address in network for network in accepted)
    elif not any(address in (base[0], base[-1]) for base in bases):
        assert not any(address in network for network in accepted)


@pytest.mark.parametrize("column", ["manager_address", "home_networks"])
def test_a_fact_that_was_changed_behind_our_back_makes_no_file(fleet: Fleet, column: str):
    fleet.register()
    values: dict[str, Any] = {"manager_address": "10.20.0.10", "home_networks": [], "manager_name": "manager"}
    values[column] = ["10.0.0.0/8;rm"] if column == "home_networks" else "10.20.0.1\nrm"
    Sensor.objects.update(sniffing_interfaces=["eth1"], **values)
    with pytest.raises(UnsafeValue):
        setup_facts(told_of(fleet))


def test_a_row_that_was_changed_behind_our_back_makes_no_file(fleet: Fleet):
    Gateway.objects.update(host="vpn.example.org\nup /tmp/evil")
    with pytest.raises(UnsafeValue, match="host"):
        gateway_facts(fleet.gateway)
