"""The rules as the agent writes them, given to real nft: nothing but our own table changes, whatever the facts are."""

import json
import subprocess
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.locks.firewall_table import firewall_table
from gateway.locks.other_forwarding import OtherForwardingRefused, Way, parse_other_forwarding
from gateway.state.configuration_rules import ConfigurationRefused
from gateway.state.gateway_config import parse_config
from tests.support.gateway.configurations import CONFIG
from tests.support.gateway.network import Network
from tests.support.gateway.nft_text import chains

FOREIGN_TABLE = """\
table ip filter {
    set blocked {
        type ipv4_addr
        elements = { 192.0.2.9 }
    }
    chain INPUT {
        type filter hook input priority 0; policy accept;
        ip saddr @blocked drop
    }
}
"""
BASES = {
    "two": ["10.20.0.0/24", "10.21.0.0/16"],
    "none": [],
    "one address": ["10.20.0.7/32"],
    "one inside the other": ["10.20.0.0/16", "10.20.3.0/24"],
    "side by side": ["10.20.0.0/24", "10.20.1.0/24"],
    "the same twice": ["10.20.0.0/24", "10.20.0.0/24"],
}


class TableHost:
    """A namespace with a table of somebody else's in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nft("-f", "-", given=FOREIGN_TABLE)
        self.others = self.tables_of_others()

    def nft(self, *arguments: str, given: str = "") -> str:
        command = ["nsenter", f"--net=/run/netns/{self.name}", "nft", *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=10, check=False)
        assert (done.returncode, done.stderr) == (0, ""), given
        return done.stdout

    def tables_of_others(self) -> list[dict[str, Any]]:
        """All that nft lists, but for what is in `table inet nsmaas`."""
        listed = json.loads(self.nft("-j", "list", "ruleset"))["nftables"]
        return [item for item in listed if "inet nsmaas" not in {_table_of(item), _name_of(item)}]


def _table_of(item: dict[str, Any]) -> str:
    [facts] = item.values()
    return f"{facts.get('family')} {facts.get('table')}"


def _name_of(item: dict[str, Any]) -> str:
    [(kind, facts)] = item.items()
    return f"{facts.get('family')} {facts.get('name')}" if kind == "table" else ""


@pytest.fixture(scope="module")
def host() -> Iterator[TableHost]:
    network = Network()
    try:
        yield TableHost(network.middle)
    finally:
        network.close()


def table(*base_networks: str, others: tuple[Way, ...] = ()) -> str:
    return firewall_table(base_networks=map(IPv4Network, base_networks), others=others)


@pytest.mark.root
@pytest.mark.parametrize("bases", BASES.values(), ids=BASES.keys())
def test_nft_takes_it_whatever_stands_at_base_and_the_same_again(host: TableHost, bases: list[str]) -> None:
    host.nft("-f", "-", given=table(*bases))
    once = host.nft("list", "table", "inet", "nsmaas")
    host.nft("-f", "-", given=table(*bases))
    assert host.nft("list", "table", "inet", "nsmaas") == once
    assert "policy drop" in once


@pytest.mark.root
def test_the_set_of_sensors_is_empty_until_the_agent_fills_it(host: TableHost) -> None:
    host.nft("-f", "-", given=table("10.20.0.0/24"))
    [sensors] = [
        item["set"] for item in json.loads(host.nft("-j", "list", "set", "inet", "nsmaas", "sensors"))["nftables"][1:]
    ]
    assert (sensors["type"], sensors.get("elem")) == ("ipv4_addr", None)


HOSTILE = [
    "10.20.0.0/24",
    "0.0.0.0/0",
    "10.88.0.0/24",
    "10.20.0.1/24",
    "10.20.0.0",
    "10.20.0.0/24 }",
    "0.0.0.0/0\n",
    "",
]
HOSTILE += ["10.20.0.0/24, 10.99.0.0/24", "fe80::/64", "10.20.0.0/255.255.255.0", '" }; flush ruleset', "192.0.2.0/24"]
NETWORKS = st.builds(IPv4Network, st.tuples(st.integers(0, 2**32 - 1), st.integers(8, 32)), st.just(False)).map(str)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(HOSTILE) | NETWORKS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.just("base_networks") | st.text(), inner, max_size=2)
    ),
    max_leaves=8,
)


@pytest.mark.root
@settings(max_examples=100, deadline=None)
@given(JSON | st.fixed_dictionaries({"base_networks": st.lists(NETWORKS | st.sampled_from(HOSTILE), max_size=6)}))
def test_whatever_the_portal_sends_as_a_firewall_no_other_table_changes(host: TableHost, firewall: object) -> None:
    try:
        config = parse_config({**CONFIG, "firewall": firewall})
    except ConfigurationRefused:
        return
    text = firewall_table(base_networks=config.base_networks)
    host.nft("-c", "-f", "-", given=text)
    host.nft("-f", "-", given=text)
    assert host.tables_of_others() == host.others


@pytest.mark.root
@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.text(max_size=16) | st.sampled_from(["eth0", "br-0a1b", "*", "eth0.100", 'x"', "\\", "tun0"])).map(
            " ".join
        ),
        max_size=4,
    ).map("\n".join)
)
def test_whatever_stands_in_the_hosts_own_file_no_other_table_changes(host: TableHost, content: str) -> None:
    try:
        others = parse_other_forwarding(content.encode(), name="other-forwarding")
    except OtherForwardingRefused:
        return
    host.nft("-f", "-", given=table("10.20.0.0/24", others=others))
    assert host.tables_of_others() == host.others


@pytest.mark.parametrize(
    ("way", "rules"),
    [
        (
            "eth1 wg0",
            [
                'iifname "eth1" oifname "wg0" accept',
                'iifname "wg0" oifname "eth1" ct state established,related accept',
            ],
        ),
        ("* wg0", ['oifname "wg0" accept', 'iifname "wg0" ct state established,related accept']),
        ("* *", ["accept", "ct state established,related accept"]),
        ("# eth1 wg0", []),
    ],
)
def test_the_hosts_own_ways_stand_last_after_all_that_concerns_the_tunnel(way: str, rules: list[str]) -> None:
    others = parse_other_forwarding(f"# what this host is\n\n{way}\n".encode(), name="other-forwarding")
    forward = chains(table("10.20.0.0/24", others=others))["forward"]
    assert forward[0].endswith("policy drop;")
    assert forward[1:4] == [
        'iifname { "tun0", "nsmtcp0" } oifname { "tun0", "nsmtcp0" } drop',
        'iifname { "tun0", "nsmtcp0" } jump from_sensor',
        'oifname { "tun0", "nsmtcp0" } jump to_sensor',
    ]
    assert forward[4:] == rules


@pytest.mark.parametrize(
    "line", ["eth1", "eth1 wg0 x", "eth1 tun0", "tun0 *", "nsmtcp0 eth1", 'eth1 "', "eth1 a/b", "x" * 16 + " y"]
)
def test_a_line_that_is_none_opens_nothing_and_is_named(line: str) -> None:
    with pytest.raises(OtherForwardingRefused, match="line 2"):
        parse_other_forwarding(f"eth1 wg0\n{line}".encode(), name="other-forwarding")


@pytest.mark.parametrize("chain", ["from_sensor", "to_sensor", "input", "output"])
def test_the_set_is_asked_before_anything_lets_a_packet_through(chain: str) -> None:
    rules = chains(table("10.20.0.0/24"))[chain]
    asked = next(index for index, rule in enumerate(rules) if "!= @sensors drop" in rule)
    assert not [rule for rule in rules[:asked] if rule.endswith("accept")]
