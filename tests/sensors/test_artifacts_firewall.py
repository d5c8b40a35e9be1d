import subprocess
from ipaddress import IPv4Network

import pytest

from gateway.configuration_rules import check_firewall
from sensors.artifacts.firewall import gateway_firewall, sensor_firewall
from tests.sensors.artifact_facts import gateway_facts, sensor_facts


def nft(text: str, *, apply: bool = False) -> subprocess.CompletedProcess[str]:
    """In a network namespace that ends with the command, so that no rule of this host is touched."""
    command = "nft -f - && nft list ruleset" if apply else "nft -c -f -"
    return subprocess.run(
        ["unshare", "-n", "sh", "-c", command], input=text, capture_output=True, text=True, timeout=20, check=False
    )


BASES = {
    "two": (IPv4Network("10.20.0.0/24"), IPv4Network("10.21.0.0/16")),
    "none": (),
    "one address": (IPv4Network("10.20.0.7/32"),),
    "one inside the other": (IPv4Network("10.20.0.0/16"), IPv4Network("10.20.3.0/24")),
    "side by side": (IPv4Network("10.20.0.0/24"), IPv4Network("10.20.1.0/24")),
    "the same twice": (IPv4Network("10.20.0.0/24"), IPv4Network("10.20.0.0/24")),
}


@pytest.mark.root
@pytest.mark.parametrize("bases", BASES.values(), ids=BASES.keys())
def test_nft_takes_the_gateways_file_whatever_stands_at_base(bases: tuple[IPv4Network, ...]):
    answer = nft(gateway_firewall(gateway_facts(base_networks=bases)))
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.root
def test_nft_takes_the_sensors_file():
    answer = nft(sensor_firewall(sensor_facts()))
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.root
def test_nft_does_find_a_fault():
    assert nft(gateway_firewall(gateway_facts()).replace("jump from_sensor", "jump nowhere")).returncode != 0


@pytest.mark.root
@pytest.mark.parametrize(
    "text", [gateway_firewall(gateway_facts()), sensor_firewall(sensor_facts())], ids=["gateway", "sensor"]
)
def test_applied_again_it_comes_to_the_same(text: str):
    once, twice = nft(text, apply=True), nft(text + text, apply=True)
    assert once.returncode == 0
    assert once.stdout == twice.stdout != ""


@pytest.mark.root
def test_the_set_of_sensors_is_empty_until_the_agent_fills_it():
    listed = nft(gateway_firewall(gateway_facts()), apply=True).stdout
    (sensors,) = [part for part in listed.split("set ") if part.startswith("sensors")]
    assert "type ipv4_addr" in sensors
    assert "elements" not in sensors


def chains(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in text.split("chain ")[1:]:
        name, _, body = part.partition("{")
        found[name.strip()] = [line.strip() for line in body.split("}")[0].splitlines() if line.strip()]
    return found


@pytest.mark.parametrize("chain", ["from_sensor", "to_sensor", "input"])
def test_the_set_is_asked_before_established_connections_are_let_through(chain: str):
    rules = chains(gateway_firewall(gateway_facts()))[chain]
    asked = next(index for index, rule in enumerate(rules) if "!= @sensors drop" in rule)
    established = next(index for index, rule in enumerate(rules) if "established" in rule)
    assert asked < established
    assert rules[-1] == "drop"


def test_sensors_never_reach_one_another():
    rules = chains(gateway_firewall(gateway_facts()))["forward"]
    assert rules[1] == 'iifname "tun0" oifname "tun0" drop'


def test_a_sensor_takes_nothing_in_beside_the_tunnel():
    rules = chains(sensor_firewall(sensor_facts()))
    assert "policy drop" in rules["input"][0]
    assert "policy drop" in rules["output"][0]
    assert "udp dport 1194 accept" in rules["output"]
    assert 'iifname "tun0" ip saddr 10.88.0.0/16 drop' in rules["input"]


def test_the_agent_on_the_gateway_accepts_it():
    check_firewall(gateway_firewall(gateway_facts()))
