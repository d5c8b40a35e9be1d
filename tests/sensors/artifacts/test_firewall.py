from ipaddress import IPv4Network

from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from gateway.state.configuration_rules import ConfigurationRefused
from gateway.state.gateway_config import MOST_BASE_NETWORKS, parse_config
from gateway.state.ipv4 import NO_HOSTS, PRIVATE
from sensors.artifacts.facts import GatewayFacts
from sensors.artifacts.firewall import gateway_firewall
from sensors.artifacts.openvpn import server_conf
from sensors.models import gateway as gateway_rules
from tests.support.sensors.artifact_facts import gateway_facts


def test_a_gateways_firewall_is_data_and_no_statement():
    assert gateway_firewall(gateway_facts()) == {"base_networks": ["10.20.0.0/24", "10.21.0.0/16"]}


def networks(least: int, most: int, *, within: str = "0.0.0.0/0") -> st.SearchStrategy[IPv4Network]:
    around = IPv4Network(within)
    addresses = st.integers(int(around.network_address), int(around.broadcast_address))
    return st.builds(IPv4Network, st.tuples(addresses, st.integers(least, most)), st.just(False))


UNDERLAYS = networks(14, 30, within="10.0.0.0/8") | networks(14, 30, within="192.168.0.0/16") | networks(8, 29)


@given(UNDERLAYS, st.lists(networks(7, 32) | networks(8, 32, within="10.0.0.0/8"), max_size=3), st.integers(1, 65535))
def test_the_agent_takes_just_what_staff_can_enter(underlay: IPv4Network, bases: list[IPv4Network], port: int):
    """Two rooms that may not import one another hold the same rules: this keeps them together."""
    facts = gateway_facts(network=underlay, base_networks=tuple(bases), port=port)
    assert can_be_entered(underlay, bases) == is_taken(facts)


def is_taken(facts: GatewayFacts) -> bool:
    try:
        config = parse_config({"server_conf": server_conf(facts), "firewall": gateway_firewall(facts)})
    except ConfigurationRefused:
        return False
    assert config.conf.routes == config.base_networks == facts.base_networks
    return True


def can_be_entered(underlay: IPv4Network, bases: list[IPv4Network]) -> bool:
    try:
        gateway_rules.validate_underlay_network(str(underlay))
        gateway_rules.validate_base_networks(list(map(str, bases)))
    except ValidationError:
        return False
    return not any(map(underlay.overlaps, bases))


def test_the_limits_of_both_are_the_same():
    portal = (gateway_rules.PRIVATE_NETWORKS, gateway_rules.NO_HOSTS, gateway_rules.MOST_BASE_NETWORKS)
    agent = (list(PRIVATE), list(NO_HOSTS), MOST_BASE_NETWORKS)
    assert portal == agent
