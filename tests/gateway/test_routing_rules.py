"""The rules of routing that hold while there is no table: what they are, and how the kernel's list of them is read."""

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from gateway.agent_directory import AgentDirectory
from gateway.locks.host_tools import ToolRefused
from gateway.locks.kernel_news import LOOK_AFTER_SECONDS, KernelNews
from gateway.locks.other_forwarding import ANY, Way
from gateway.locks.routing_rules import Rule, parse_rules, wanted_rules
from tests.support.gateway.lone_gateway import LoneGateway
from tests.support.gateway.place import BASE, Place
from tests.support.waiting import wait_until

UNDERLAY = IPv4Network("10.88.0.0/16")
# As `ip -j rule` of iproute2 6.1 prints what `wanted_rules` asks for, among the kernel's own.
LISTED: list[dict[str, object]] = [
    {"priority": 0, "src": "all", "table": "local"},
    {"priority": 10, "src": "all", "dst": "10.88.0.0", "dstlen": 16, "iif": "tun0", "action": "blackhole"},
    {"priority": 10, "src": "all", "dst": "10.88.0.0", "dstlen": 16, "iif": "nsmtcp0", "action": "blackhole"},
    {"priority": 11, "src": "all", "fwmark": "0x1000", "fwmask": "0x1000", "goto": 19},
    {"priority": 12, "not": None, "src": "all", "iif": "lo", "action": "blackhole"},
    {"priority": 19, "src": "all", "nop": None},
    {"priority": 32766, "src": "all", "table": "main"},
]


def of_ipv4(rules: frozenset[Rule]) -> set[Rule]:
    return {rule for rule in rules if rule.family == 4}


def test_what_the_kernel_lists_is_what_was_asked_for() -> None:
    listed = set(parse_rules(4, json.dumps(LISTED)))
    assert of_ipv4(wanted_rules(underlay=UNDERLAY)) == {rule for rule in listed if 0 < rule.preference < 32766}


@pytest.mark.parametrize("more", [{"uid_start": 0}, {"tos": "0x10"}, {"unresolved": None}, {"src": "10.88.0.5"}])
def test_a_rule_for_less_than_ours_is_another_one(more: dict[str, object]) -> None:
    narrowed = [{**LISTED[3], **more}]
    assert not of_ipv4(wanted_rules(underlay=UNDERLAY)) & set(parse_rules(4, json.dumps(narrowed)))


@pytest.mark.parametrize("output", ["[1]", "5", '[{"src": "all"}]', "x"])
def test_what_is_no_list_of_rules_is_an_error(output: str) -> None:
    with pytest.raises(ToolRefused):
        parse_rules(4, output)


def test_before_the_underlay_is_known_nothing_leaves_the_tunnel_without_the_mark() -> None:
    rules = wanted_rules(underlay=None)
    assert Rule(4, 12, "not iif lo blackhole") in rules
    assert not [rule for rule in rules if " to " in f" {rule.words}"]


def test_a_host_that_forwards_everything_else_keeps_the_tunnel_closed_all_the_same() -> None:
    rules = wanted_rules(underlay=UNDERLAY, others=(Way(ANY, ANY),))
    assert {Rule(4, 12, "iif tun0 blackhole"), Rule(4, 12, "iif nsmtcp0 blackhole")} <= rules
    assert Rule(4, 14, "to 10.88.0.0/16 blackhole") in rules
    assert Rule(4, 12, "not iif lo blackhole") not in rules


@pytest.mark.root
def test_the_kernel_tells_of_each_change(tmp_path: Path) -> None:
    news = KernelNews()
    try:
        assert len(news.sockets) == 2
        news.looked(0.0)
        news.hear(5.0)
        assert news.next_look == 5.0 + LOOK_AFTER_SECONDS
    finally:
        news.close()


@pytest.mark.root
def test_a_host_with_more_to_forward_and_without_its_table_forwards_that_and_nothing_of_the_tunnel(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path, sensors=0)
    host = place.gateway.host
    try:
        place.let_forward("* *")
        place.start()
        for words in ("tuntap add dev tun0 mode tun", "address add 10.88.0.1/16 dev tun0", "link set tun0 up"):
            place.network.run(host, "ip", *words.split())
        place.gateway.kill_agent()
        place.network.run(host, "nft", "flush", "ruleset")
        assert place.reaches(place.neighbour, BASE)
        for source, device in (("10.88.0.5", "tun0"), ("198.51.100.77", "eth0")):
            words = f"route get 10.88.0.9 from {source} iif {device}"
            with pytest.raises(RuntimeError):
                place.network.run(host, "ip", *words.split())
        place.network.run(host, "ip", "route", "get", "10.88.0.9")
    finally:
        place.gateway.close()


@pytest.mark.root
def test_an_agent_without_enrolments_answers_closes_its_host_at_its_start(tmp_path: Path) -> None:
    """Nothing is known yet: no underlay, no sensor."""
    host = LoneGateway(tmp_path, sensors=0)
    try:
        host.close_door()
        host.start_agent()
        wait_until(lambda: host.run_agent("close", "--look").returncode == 0, seconds=5, what="it is closed")
        assert not AgentDirectory(host.directory).server_conf.exists()
        host.network.run(host.host, "nft", "flush", "ruleset")
        wait_until(lambda: host.run_agent("close", "--look").returncode == 0, seconds=5, what="it is closed again")
    finally:
        host.close()
