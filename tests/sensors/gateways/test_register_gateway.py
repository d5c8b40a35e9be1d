from typing import Any

import pytest
from django.core.exceptions import ValidationError

from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.gateways.operations.set_up_gateway import alter_gateway
from sensors.models import Gateway
from tenants.models import AuditEntry
from tests.support.audit_rows import actions
from tests.support.fleet import ACTOR
from tests.support.world import World

BAD = {
    "a network that another has": {"network": "10.88.0.0/16"},
    "a part of another's network": {"network": "10.88.7.0/24"},
    "a network around another's": {"network": "10.0.0.0/8"},
    "another's network behind a space": {"network": " 10.88.0.0/16"},
    "docker's network": {"network": "172.17.0.0/16"},
    "a part of docker's network": {"network": "172.17.1.0/24"},
    "a network around docker's": {"network": "172.16.0.0/12"},
    "a public network": {"network": "198.51.0.0/16"},
    "a network that is kept for tests of networks": {"network": "198.18.0.0/16"},
    "the host itself": {"network": "127.0.0.0/16"},
    "a network wider than OpenVPN serves": {"network": "10.98.0.0/15"},
    "too small a network": {"network": "10.99.0.0/30"},
    "IPv6": {"network": "fd00::/64"},
    "host bits": {"network": "10.99.0.1/16"},
    "no network": {"network": "rubbish"},
    "no network at all": {"network": ""},
    "a base network inside the underlay": {"base_networks": ["10.99.3.0/24"]},
    "a base network around the underlay": {"base_networks": ["0.0.0.0/0"]},
    "a base network that is half of all": {"base_networks": ["128.0.0.0/1"]},
    "a base network where no hosts live": {"base_networks": ["127.0.0.0/8"]},
    "more base networks than a gateway reaches": {"base_networks": [f"10.20.0.{number}/32" for number in range(65)]},
    "a base network that is none": {"base_networks": ["rubbish"]},
    "a base network in IPv6": {"base_networks": ["fd00::/64"]},
    "a base network behind a space inside the underlay": {"base_networks": [" 10.99.3.0/24"]},
    "a host with a second directive": {"host": "vpn.example.org\nup /tmp/x"},
    "a host with a space": {"host": "vpn.example.org 443"},
    "no host": {"host": ""},
    "port 0": {"port": 0},
    "port 65536": {"port": 65536},
    "TCP port 0": {"tcp_port": 0},
    "TCP port 65536": {"tcp_port": 65536},
    "packets too small for a tunnel": {"mssfix": 999},
    "packets larger than Ethernet's": {"mssfix": 1501},
    "a name that another has": {"name": "gateway-1"},
    "a name that is no label": {"name": "Gateway 2"},
    "a name with a line end": {"name": "gateway-2\n"},
}


def make(**different: Any) -> Gateway:
    values: dict[str, Any] = {
        "name": "gateway-2",
        "host": "vpn.example.org",
        "port": 1195,
        "network": "10.99.0.0/16",
        "base_networks": ["10.20.0.0/24"],
    }
    return register_gateway(**(values | different), registered_by=ACTOR)


@pytest.mark.parametrize("different", BAD.values(), ids=BAD.keys())
def test_what_would_not_make_a_sound_gateway_is_refused(world: World, different: dict[str, Any]):
    with pytest.raises(ValidationError):
        make(**different)
    assert list(Gateway.objects.all()) == [world.gateway]


def test_networks_are_kept_in_their_canonical_form(world: World):
    gateway = make(network=" 10.99.0.0/16 ", base_networks=[" 10.21.0.7 "])
    gateway.refresh_from_db()
    assert (gateway.network, gateway.base_networks) == ("10.99.0.0/16", ["10.21.0.7/32"])


def test_registering_is_noted_in_the_providers_chain(world: World):
    gateway = make()
    entry = AuditEntry.objects.get(subject=f"gateway:{gateway.subject}")
    assert (entry.action, entry.chain.customer, entry.details["network"]) == ("gateway:register", None, "10.99.0.0/16")


def test_a_change_raises_the_generation_and_brings_a_new_configuration(world: World):
    before = world.gateway.generation
    alter_gateway(
        gateway=world.gateway,
        host="vpn.example.org",
        port=443,
        tcp_port=None,
        base_networks=[],
        mssfix=1280,
        altered_by=ACTOR,
        agreed_by=None,
    )
    state = describe_gateway_state(gateway=world.gateway, since=before)
    assert state["generation"] == before + 1
    assert "port 443\n" in state["config"]["server_conf"]
    assert "mssfix 1280\n" in state["config"]["server_conf"]
    assert "10.20.0.0" not in state["config"]["firewall"]
    assert actions(f"gateway:{world.gateway.subject}") == ["gateway:register", "gateway:change"]


@pytest.mark.parametrize(
    "different",
    [
        {"base_networks": ["10.88.1.0/24"]},
        {"base_networks": ["x"]},
        {"host": "a\nb"},
        {"port": 70_000},
        {"tcp_port": 70_000},
        {"mssfix": 999},
    ],
    ids=lambda different: next(iter(different)),
)
def test_a_change_that_is_refused_changes_nothing(world: World, different: dict[str, Any]):
    values: dict[str, Any] = {
        "host": "vpn.example.org", "port": 443, "tcp_port": None, "base_networks": [], "mssfix": 1400
    }  # fmt: skip
    with pytest.raises(ValidationError):
        alter_gateway(gateway=world.gateway, **(values | different), altered_by=ACTOR, agreed_by=None)
    gateway = Gateway.objects.get(pk=world.gateway.pk)
    assert (gateway.host, gateway.port, gateway.generation) == ("198.51.100.1", 1194, 1)
    assert actions(f"gateway:{gateway.subject}") == ["gateway:register"]


def test_gateways_are_the_providers_and_no_customers(world: World):
    assert list(Gateway.objects.visible_to(world.auditor)) == [world.gateway]
    assert not Gateway.objects.visible_to(world.manager).exists()
