import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.fleet.observations import parse_report
from sensors.fleet.reported_fields import MalformedReport, clean_text
from tests.support.sensors.reports import GOOD_REPORT

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
FORGED = "TLS Error\nMULTI: fine\x1b[2J\u202e\0\u2028 end"


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every value of the report."""
    inner: list[tuple[Any, ...]] = []
    if isinstance(value, dict):
        inner = [place for key, item in value.items() for place in places(item, (*here, key))]
    if isinstance(value, list):
        inner = [place for index, item in enumerate(value) for place in places(item, (*here, index))]
    return [here, *inner] if here else inner


def with_value(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    report = copy.deepcopy(GOOD_REPORT)
    target: Any = report
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    return report


def test_a_report_of_the_contract_is_read_as_it_is():
    report = parse_report(GOOD_REPORT)
    assert (report.sequence, report.generation, report.sessions_are_complete) == (42, 17, False)
    assert report.up[0].since.isoformat() == "2026-01-01T00:00:00+00:00"
    assert report.down == ("s-mnopqrstuvwx",)
    assert report.cuts[0].took_ms == 41
    assert report.sightings[0].serial == "987"
    assert report.problems[0].code == "crl-directory-unreadable"


@given(any_json)
def test_anything_is_a_report_or_malformed(data: Any):
    with pytest.raises(MalformedReport):
        parse_report(data)


@given(st.sampled_from(places(GOOD_REPORT)), any_json)
def test_anything_in_any_place_is_a_report_or_malformed(place: tuple[Any, ...], value: Any):
    try:
        report = parse_report(with_value(place, value))
    except MalformedReport:
        return
    assert 0 <= report.sequence < 2**63
    for text in strings(report):
        assert text.isprintable()
        text.encode()


def strings(report: Any) -> list[str]:
    found = [report.agent_version, report.openvpn_version]
    found += [text for up in report.up for text in (up.subject, up.public_address, up.underlay_address)]
    found += [text for seen in report.sightings for text in (seen.serial, seen.source, seen.line)]
    return found + [text for problem in report.problems for text in (problem.code, problem.detail)]


@given(st.binary(max_size=60))
def test_any_bytes_that_are_json_are_a_report_or_malformed(body: bytes):
    try:
        data = json.loads(body)
    except ValueError:
        return
    with pytest.raises(MalformedReport):
        parse_report(data)


@pytest.mark.parametrize("place", places(GOOD_REPORT), ids=str)
def test_each_part_that_is_missing_is_missed_except_the_texts(place: tuple[Any, ...]):
    report = copy.deepcopy(GOOD_REPORT)
    target: Any = report
    for step in place[:-1]:
        target = target[step]
    del target[place[-1]]
    if isinstance(place[-1], int) or place[-1] in {"agent_version", "openvpn_version", "line", "code", "detail"}:
        parse_report(report)
    else:
        with pytest.raises(MalformedReport):
            parse_report(report)


@pytest.mark.parametrize("value", [-1, 2**63, 1.0, "1", None, True, float("nan")], ids=str)
def test_a_sequence_that_is_no_whole_number_is_refused(value: object):
    with pytest.raises(MalformedReport, match="sequence"):
        parse_report(with_value(("sequence",), value))


@pytest.mark.parametrize("value", [0, 1, "true", None])
@pytest.mark.parametrize("fact", ["session_gone", "firewall_closed", "serials_blocked", "client_config_removed"])
def test_what_is_not_plainly_true_is_no_cut(fact: str, value: object):
    with pytest.raises(MalformedReport, match=fact):
        parse_report(with_value(("cuts", 0, fact), value))


@pytest.mark.parametrize(
    "value",
    ["", "rubbish", "198.51.100.21\n", " 198.51.100.21", "198.51.100.0/24", 16_909_060, None, "fe80::1%eth0", "::1%\n"],
)
@pytest.mark.parametrize(
    "place",
    [("sessions", "up", 0, "public_address"), ("sessions", "up", 0, "underlay_address"), ("sightings", 0, "source")],
    ids=lambda place: place[-1],
)
def test_what_is_no_address_is_refused(place: tuple[Any, ...], value: object):
    with pytest.raises(MalformedReport, match="must be an IP address"):
        parse_report(with_value(place, value))


@pytest.mark.parametrize("value", ["", "-1", "1e3", "0x10", "\u0661", "1\n", "9" * 50, 987, None])
def test_a_serial_that_is_no_decimal_text_is_refused(value: object):
    with pytest.raises(MalformedReport, match="serial"):
        parse_report(with_value(("sightings", 0, "serial"), value))


@pytest.mark.parametrize("value", ["", "yesterday", 0, None, "2026-13-01", "0001-01-01T00:00:00+23:59"])
def test_what_is_no_time_is_refused(value: object):
    with pytest.raises(MalformedReport, match="must be a time"):
        parse_report(with_value(("sightings", 0, "at"), value))


def test_a_forged_line_stays_one_line_and_shows_that_it_was_forged():
    line = parse_report(with_value(("sightings", 0, "line"), FORGED)).sightings[0].line
    assert line.isprintable()
    assert line.count("\N{REPLACEMENT CHARACTER}") == 5
    assert line.startswith("TLS Error\N{REPLACEMENT CHARACTER}MULTI: fine")


@pytest.mark.parametrize(
    ("place", "longest"),
    [
        (("agent_version",), 40),
        (("openvpn_version",), 80),
        (("problems", 0, "code"), 60),
        (("problems", 0, "detail"), 300),
        (("sightings", 0, "line"), 400),
    ],
    ids=str,
)
def test_a_long_text_is_cut_to_what_its_place_holds(place: tuple[Any, ...], longest: int):
    assert longest == max(map(len, strings(parse_report(with_value(place, "x" * 10_000)))))


@given(st.text(max_size=50), st.integers(0, 60))
def test_clean_text_is_short_and_printable(text: str, longest: int):
    cleaned = clean_text(text, longest)
    assert len(cleaned) == min(len(text), longest)
    assert cleaned.isprintable()
    if text.isprintable():
        assert cleaned == text[:longest]
