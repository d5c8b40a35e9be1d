"""No value of a generated file can become a line of its own."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.artifacts.openvpn import client_conf, server_conf
from sensors.artifacts.rendering import UnsafeValue, checked, render
from sensors.artifacts.security_onion import sosetup_conf
from tests.support.sensors.artifact_facts import gateway_facts, sensor_facts, setup_facts

HOSTILE = ["x\nup /tmp/evil", "x\r", "x\0", "x\u2028y", "x\u202ey", "x\x1b[2J", "x\x85y", "\ud800"]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_with_a_control_or_a_line_end_is_refused_and_not_repeated(value: str):
    with pytest.raises(UnsafeValue, match=r"^host holds a line end or another control character$"):
        checked("host", value)


@given(st.text(max_size=30))
def test_whatever_passes_stays_on_its_line(value: str):
    try:
        text = render(
            "client.conf",
            {"proto": "udp", "mssfix": 1400, "gateway_subject": value},
            {"remotes": ["remote vpn.example.org 1194"]},
        )
    except UnsafeValue:
        return
    assert text.splitlines() == client_conf(sensor_facts()).replace("g-abcdefghijkl", value).splitlines()
    assert len(text.splitlines()) == len(client_conf(sensor_facts()).splitlines())


def test_a_line_of_a_block_is_checked_too():
    values: dict[str, Any] = {"port": 1, "network": "x", "netmask": "x", "max_clients": 1}
    with pytest.raises(UnsafeValue, match="routes"):
        render("server.conf", values, {"routes": ["push x\nup /tmp/evil"]})


def test_a_value_that_is_missing_is_an_error_and_not_an_empty_place():
    with pytest.raises(KeyError, match="netmask"):
        render("client-config", {"address": "10.88.0.5"})


def test_a_value_is_not_read_as_a_template():
    text = render("client-config", {"address": "$netmask", "netmask": "255.255.0.0"})
    assert text == "ifconfig-push $netmask 255.255.0.0\n"


@pytest.mark.parametrize("value", [*HOSTILE, "", "-x", "x y", "x#y", "x;y", "x'y", 'x"y', "x" * 300])
@pytest.mark.parametrize(
    "make",
    [
        lambda value: gateway_facts(host=value),
        lambda value: gateway_facts(subject=value),
        lambda value: sensor_facts(name=value),
        lambda value: sensor_facts(subject=value),
        lambda value: setup_facts(sniffing_interfaces=(value,)),
        lambda value: setup_facts(home_networks=(value,)),
        lambda value: setup_facts(manager_name=value),
    ],
    ids=["host", "gateway's subject", "name", "sensor's subject", "interface", "home network", "manager"],
)
def test_facts_that_would_not_make_a_sound_file_are_refused(make: Callable[[str], object], value: str):
    with pytest.raises(UnsafeValue):
        make(value)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range_is_refused(port: int):
    with pytest.raises(UnsafeValue, match="port"):
        gateway_facts(port=port)


@pytest.mark.parametrize("address", ["10.89.0.5", "127.0.0.1", "10.87.255.255"])
def test_an_address_outside_the_underlay_is_refused(address: str):
    with pytest.raises(UnsafeValue, match="underlay"):
        sensor_facts(address=IPv4Address(address))


def test_facts_cannot_be_changed_once_they_were_checked():
    with pytest.raises(AttributeError):
        gateway_facts().host = "x\ny"  # type: ignore[misc]  # frozen, which is what is tried


@given(st.integers(16, 29), st.integers(0, 2**32 - 1))
def test_any_underlay_makes_a_server_conf_with_its_own_numbers(length: int, bits: int):
    network = IPv4Network((bits, length), strict=False)
    text = server_conf(gateway_facts(network=network, base_networks=()))
    assert f"server {network.network_address} {network.netmask} nopool\n" in text
    assert f"max-clients {network.num_addresses - 3}\n" in text


def test_no_file_holds_a_place_that_was_not_filled():
    for text in (server_conf(gateway_facts()), client_conf(sensor_facts()), sosetup_conf(setup_facts())):
        assert "$" not in text
        assert text.endswith("\n")
