"""Nothing that fails these checks reaches a path, a configuration or a command."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.state.configuration_rules import read_server_conf
from gateway.state.desired_state import StateAnswer, StateRefused, parse_state_answer, refuse_outside
from tests.support.gateway.configurations import FIREWALL, SERVER_CONF
from tests.support.gateway.facts import ANNA, BERTA, answer, entry

GOOD: dict[str, Any] = {
    "generation": 17,
    "full": False,
    "config": {"server_conf": SERVER_CONF, "firewall": FIREWALL},
    "sensors": [
        {
            "subject": ANNA,
            "generation": 17,
            "address": "10.88.0.5",
            "allowed": True,
            "client_config": "ifconfig-push 10.88.0.5 255.255.0.0\n",
            "serials": ["1234"],
            "revoked_serials": ["987"],
        }
    ],
}


def parse(document: object, since: int = 0) -> StateAnswer:
    return parse_state_answer(json.dumps(document).encode(), since=since)


def with_sensor(**change: object) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    document["sensors"][0].update(change)
    return document


def test_it_reads_the_contracts_example() -> None:
    state = parse(GOOD)
    assert (state.generation, state.full, state.refusals) == (17, False, ())
    assert state.config is not None
    [sensor] = state.sensors
    assert (sensor.subject, sensor.serials, sensor.revoked_serials) == (ANNA, ("1234",), ("987",))


def test_an_answer_without_news_is_good() -> None:
    state = parse({"generation": 17, "full": False, "config": None, "sensors": []}, since=17)
    assert (state.sensors, state.config) == ((), None)


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "s-ANNAAAAAAAAA"},
        {"subject": "s-annaaaaaaaaa\n"},
        {"subject": "../../etc/passwd"},
        {"subject": "x-annaaaaaaaaa"},
        {"subject": 7},
        {"generation": True},
        {"generation": -1},
        {"generation": "17"},
        {"address": "10.88.0.05"},
        {"address": "10.88.0.5/16"},
        {"address": "fe80::1"},
        {"address": None},
        {"allowed": "true"},
        {"allowed": 1},
        {"client_config": "ifconfig-push 10.88.0.5 255.255.0.0\nifconfig-push 10.88.0.9 255.255.0.0\n"},
        {"client_config": "ifconfig-push 10.88.0.5 255.255.0.0\nup /bin/sh"},
        {"client_config": "ifconfig-push 10.88.0.5 255.255.0.0\r\nup /bin/sh"},
        {"client_config": "ifconfig-push 10.88.0.9 255.255.0.0\n"},
        {"client_config": "ifconfig-push 10.88.0.5 10.88.0.1.1\n"},
        {"client_config": ""},
        {"client_config": ["ifconfig-push 10.88.0.5 255.255.0.0"]},
        {"serials": "1234"},
        {"serials": [1234]},
        {"serials": ["../1"]},
        {"serials": ["0x12"]},
        {"serials": ["٣"]},
        {"serials": ["1" * 50]},
        {"revoked_serials": [".."]},
        {"revoked_serials": None},
    ],
)
def test_a_faulty_sensor_is_left_out_and_named_and_holds_up_no_other(change: dict[str, object]) -> None:
    document = with_sensor(**change)
    document["sensors"].append({**GOOD["sensors"][0], "subject": BERTA})
    state = parse(document)
    assert [sensor.subject for sensor in state.sensors] == [BERTA]
    assert len(state.refusals) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"generation": 1}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"generation": ' + b"9" * 5000 + b', "full": true, "sensors": []}',
        b'{"generation": 1, "full": 1, "sensors": []}',
        b'{"generation": 1, "full": true, "sensors": {}}',
    ],
)
def test_a_faulty_frame_refuses_the_whole_answer(body: bytes) -> None:
    with pytest.raises(StateRefused):
        parse_state_answer(body, since=0)


def test_a_generation_that_goes_back_is_refused() -> None:
    with pytest.raises(StateRefused, match="below"):
        parse(GOOD, since=18)


def test_a_sensor_listed_twice_refuses_the_whole_answer() -> None:
    document = copy.deepcopy(GOOD)
    document["sensors"] *= 2
    with pytest.raises(StateRefused, match="twice"):
        parse(document)


@pytest.mark.parametrize(
    "config",
    [
        "x",
        {},
        [],
        {"server_conf": 1, "firewall": FIREWALL},
        {"server_conf": SERVER_CONF + "up /bin/sh\n", "firewall": FIREWALL},
        # As portals before sent it, and as a later one might.
        {"server_conf": SERVER_CONF, "firewall": "table inet nsmaas { }"},
        {"server_conf": SERVER_CONF, "firewall": {**FIREWALL, "ports": [22]}},
        {"server_conf": SERVER_CONF, "firewall": FIREWALL, "more": 1},
        {"server_conf": SERVER_CONF},
    ],
)
def test_a_faulty_configuration_is_left_out_and_named_and_holds_up_no_cut(config: object) -> None:
    state = parse({**copy.deepcopy(GOOD), "config": config})
    assert state.config is None
    assert state.refusals[0].startswith("config:")
    assert len(state.sensors) == 1


@pytest.mark.parametrize("address", ["10.89.0.5", "10.88.0.0", "10.88.0.1", "10.88.255.255"])
def test_an_address_that_openvpn_cannot_give_out_is_left_out_and_named(address: str) -> None:
    conf = read_server_conf(SERVER_CONF)
    state = refuse_outside(answer(entry(), entry(BERTA, address=address)), conf)
    assert [sensor.subject for sensor in state.sensors] == [ANNA]
    assert (state.refusals, state.refused_subjects) == ((f"sensor {BERTA}: address outside",), frozenset({BERTA}))


def test_a_netmask_that_is_not_the_underlays_is_left_out_and_named() -> None:
    conf = read_server_conf(SERVER_CONF)
    wider = entry(BERTA, client_config="ifconfig-push 10.88.0.6 255.0.0.0\n")
    state = refuse_outside(answer(entry(), wider), conf)
    assert [sensor.subject for sensor in state.sensors] == [ANNA]
    assert (len(state.refusals), state.refused_subjects) == (1, frozenset({BERTA}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(GOOD)), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON, st.sampled_from([*GOOD["sensors"][0], *GOOD]))
def test_whatever_stands_in_one_place_it_is_taken_or_refused(value: object, place: str) -> None:
    document = with_sensor(**{place: value}) if place in GOOD["sensors"][0] else GOOD | {place: value}
    try:
        state = parse(document)
    except StateRefused:
        return
    for sensor in state.sensors:
        assert sensor.client_config is None or sensor.client_config.count("\n") == 1
        assert "/" not in sensor.subject + "".join(sensor.serials + sensor.revoked_serials)
