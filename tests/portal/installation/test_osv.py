"""Whether an advisory is about a version: by the rules of OSV's schema, and whatever somebody has written into it."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.installation.osv import CannotCompare, NotOsv, affects, mended_in, parse_advisory
from tests.support.installation.made_up_advisories import made_up


def about(version: str, **given: Any) -> bool:
    [affected] = parse_advisory(json.dumps(made_up(**given)).encode()).affected
    return affects(affected, version)


INTRODUCED, FIXED = {"introduced": "1.0"}, {"fixed": "1.5"}


@pytest.mark.parametrize(
    ("events", "inside", "outside"),
    [
        ([{"introduced": "0"}], "0.dev1 1 2!1", ""),
        ([INTRODUCED, FIXED], "1.0 1.0.post1 1.4.9 1.5rc1", "1.0rc1 0.9 1.5 1.5.0 1.5.post1"),
        ([FIXED, INTRODUCED], "1.0 1.4", "1.5"),
        ([INTRODUCED, {"last_affected": "1.5"}], "1.0 1.5 1.5.0", "1.5.post1 1.6"),
        ([INTRODUCED, FIXED, {"introduced": "3"}, {"fixed": "3.2"}], "1.2 3.0 3.1.9", "0.1 1.5 2 3.2 4"),
        ([INTRODUCED, {"limit": "1.5"}], "1.0 1.4", "1.5 2"),
        ([INTRODUCED, {"limit": "*"}], "1.0 99", "0.9"),
        ([INTRODUCED, {"fixed": "1.10"}], "1.9 1.2", "1.10 1.11"),
    ],
)
def test_a_range_holds_what_the_schema_says_in_the_order_of_pep_440(events: list[Any], inside: str, outside: str):
    assert [version for version in inside.split() if not about(version, events=events)] == []
    assert [version for version in outside.split() if about(version, events=events)] == []


def test_a_listed_version_is_affected_however_it_is_written():
    assert about("5.2.0", events=(), versions=["5.2"])
    assert not about("5.2.1", events=(), versions=["5.2", "a version of 2003", "5.2.1.post1"])
    assert about("5.2.1", events=[{"introduced": "9"}], versions=["5.2.1"])


@pytest.mark.parametrize("name", ["django_allauth", "Django.AllAuth", "django--allauth"])
def test_a_name_is_normalised(name: str):
    [affected] = parse_advisory(json.dumps(made_up(name=name)).encode()).affected
    assert affected.name == "django-allauth"


@pytest.mark.parametrize("events", [[{"introduced": "first"}], [INTRODUCED, {"fixed": "the next one"}], ()])
def test_what_cannot_be_compared_is_not_taken_for_well(events: object):
    with pytest.raises(CannotCompare):
        about("1.2", events=events)


def test_packages_of_others_and_ranges_of_commits_are_left_alone():
    other = made_up()
    other["affected"][0]["package"]["ecosystem"] = "npm"
    assert parse_advisory(json.dumps(other).encode()).affected == ()
    commits = made_up(versions=["1.1"])
    commits["affected"][0]["ranges"] = [{"type": "GIT", "repo": "x", "events": [{"introduced": "0"}, {"fixed": "ab"}]}]
    commits["affected"].append({"ranges": commits["affected"][0]["ranges"]})
    [affected] = parse_advisory(json.dumps(commits).encode()).affected
    assert (affects(affected, "1.1"), affects(affected, "1.2")) == (True, False)


def test_the_lowest_version_that_mends_it_is_named():
    events = [{"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2"}, {"fixed": "2.10"}, {"fixed": "2.9"}]
    [affected] = parse_advisory(json.dumps(made_up(events=events)).encode()).affected
    assert [mended_in(affected, ours) for ours in ("1.1", "2.1", "3")] == ["1.5", "2.9", ""]


UNFIT = {
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "nothing": b"",
    "deeper than Python goes": b"[" * 200_000,
    "a list": b"[]",
    "an id that is a path": made_up("../../etc/passwd"),
    "an id with a line end": made_up("PYSEC-1\nPYSEC-2"),
    "no id": made_up() | {"id": None},
    "no time": made_up(modified="yesterday"),
    "a time without a zone": made_up(modified="2026-11-20T10:00:00"),
    "a day that is none": made_up(modified="2026-02-30T10:00:00Z"),
    "affected is a text": made_up() | {"affected": "django"},
    "affected holds a text": made_up() | {"affected": ["django"]},
    "no name": made_up() | {"affected": [{"package": {"ecosystem": "PyPI"}}]},
    "a name of a megabyte": made_up(name="x" * 2**20),
    "a version that a terminal obeys": made_up(events=[{"introduced": "0"}, {"fixed": "1.\x1b[2J"}]),
    "a version that is a number": made_up(versions=[1]),
    "a version that never ends": made_up(versions=["1." * 999]),
    "a range that begins nowhere": made_up(events=[{"fixed": "1"}]),
    "two kinds in one event": made_up(events=[{"introduced": "1", "fixed": "2"}]),
    "an unknown kind of event": made_up(events=[{"introduced": "1"}, {"mended": "2"}]),
    "more events than there are": made_up(events=[{"introduced": "1"}] * 1001),
    "more versions than there are": made_up(versions=["1"] * 10_001),
    "more aliases than there are": made_up(aliases=["CVE-1"] * 101),
    "a summary that is none": made_up(summary=["x"]),
}


@pytest.mark.parametrize("what", UNFIT)
def test_what_is_no_advisory_is_refused(what: str):
    given = UNFIT[what]
    with pytest.raises(NotOsv):
        parse_advisory(given if isinstance(given, bytes) else json.dumps(given).encode())


def test_unknown_fields_count_for_nothing():
    given = made_up(schema_version="9.9", severity=[7], database_specific={"x": [1]}, credits=None)
    assert parse_advisory(json.dumps(given).encode()).id == "PYSEC-2026-1"


def test_words_end_no_line_and_are_no_order_to_a_terminal():
    said: tuple[dict[str, Any], ...] = (
        {"summary": "a\x1b[2Jb\u202ec\ud800"},
        {"summary": None, "details": "a\x1b[2Jb\u202ec\ud800\nmore"},
    )
    for words in said:
        assert parse_advisory(json.dumps(made_up(**words)).encode()).summary == "a?[2Jb?c?"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["id", "modified", "withdrawn", "aliases", "summary", "affected", "package", "ranges"]), ANYTHING
)
def test_whatever_stands_in_a_field_is_read_or_refused(field: str, value: object):
    advisory = made_up()
    (advisory["affected"][0] if field in {"package", "ranges"} else advisory)[field] = value
    with contextlib.suppress(NotOsv):
        parse_advisory(json.dumps(advisory).encode())
