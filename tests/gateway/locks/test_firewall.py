"""What nft prints, read; the commands themselves are tried in the live tests."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.locks.firewall import FirewallRefused, fingerprint, parse_set


def listed(*elements: object) -> str:
    return json.dumps({"nftables": [{"metainfo": {}}, {"set": {"name": "sensors", "elem": list(elements)}}]})


def test_it_reads_plain_elements_and_those_with_counters() -> None:
    assert parse_set(listed("10.88.0.5", {"elem": {"val": "10.88.0.6", "counter": {}}})) == ["10.88.0.5", "10.88.0.6"]


def test_an_empty_set_has_no_elem() -> None:
    assert parse_set('{"nftables": [{"set": {"name": "sensors"}}]}') == []


@pytest.mark.parametrize("output", ["", "{}", "[]", listed({"prefix": {"addr": "10.88.0.0", "len": 24}}), listed("x")])
def test_anything_else_is_an_error_and_not_an_empty_set(output: str) -> None:
    with pytest.raises(FirewallRefused):
        parse_set(output)


@settings(deadline=None)
@given(st.text())
def test_no_output_is_taken_for_a_set_by_accident(output: str) -> None:
    with pytest.raises(FirewallRefused):
        parse_set(output)


def table(*, sensors: list[str], base: list[str], packets: int, rule: str) -> str:
    return json.dumps(
        {
            "nftables": [
                {"set": {"name": "sensors", "handle": packets, "elem": sensors}},
                {"set": {"name": "base", "elem": base}},
                {"rule": {"handle": packets, "expr": [{"counter": {"packets": packets, "bytes": 1}}, {rule: None}]}},
            ]
        }
    )


def test_sensors_handles_and_counters_do_not_change_the_fingerprint() -> None:
    assert fingerprint(table(sensors=["a"], base=["b"], packets=1, rule="drop")) == fingerprint(
        table(sensors=[], base=["b"], packets=2, rule="drop")
    )


@pytest.mark.parametrize(("base", "rule"), [(["c"], "drop"), (["b"], "accept")])
def test_another_rule_or_another_set_changes_it(base: list[str], rule: str) -> None:
    before = fingerprint(table(sensors=[], base=["b"], packets=1, rule="drop"))
    assert fingerprint(table(sensors=[], base=base, packets=1, rule=rule)) != before
