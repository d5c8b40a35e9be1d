import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sensor_kit.kit import KIT, kit_environment

ASCII = st.text(st.characters(min_codepoint=1, max_codepoint=126))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ASCII,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ASCII, inner, max_size=3),
    max_leaves=8,
)


def extract(document: bytes, name: str = "want") -> tuple[int, bytes]:
    done = subprocess.run(
        ["awk", "-v", f"want={name}", "-f", KIT / "lib" / "json.awk"],
        input=document,
        capture_output=True,
        timeout=10,
        env=kit_environment() | {"LC_ALL": "C"},
        check=False,
    )
    return done.returncode, done.stdout


@settings(max_examples=200, deadline=None)
@given(wanted=ASCII, others=st.dictionaries(ASCII, VALUES, max_size=4), indent=st.sampled_from([None, 2]))
def test_any_object_gives_back_the_text_that_was_put_in(
    wanted: str, others: dict[str, object], indent: int | None
) -> None:
    document = json.dumps(others | {"want": wanted}, indent=indent).encode()
    assert extract(document) == (0, wanted.encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_it_takes_no_object_that_python_does_not_take(noise: bytes) -> None:
    document = b'{"want": "x"' + noise
    if extract(document)[0] == 0:
        text = document.decode("latin-1")
        assert json.loads(text)["want"].encode("latin-1") == extract(document)[1]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (rb'{"want":"a\nb\t\"\\\/\u0041\u006d"}', b'a\nb\t"\\/Am'),
        (rb'{"want":"\\n\\u0041"}', rb"\n\u0041"),
        (rb'{"want":"caf\u00e9 \ud83d\ude00"}', b"caf? ??"),
        ('{"want":"café"}'.encode(), "café".encode()),
        (rb'{"\u0077ant":"x"}', b"x"),
        (b' \r\n\t{ "want" : "x" } \n', b"x"),
        (rb'{"a":"\",\"want\":\"no\"","want":"yes"}', b"yes"),
        (rb'{"a":"\\","want":"yes","b":"\\"}', b"yes"),
        (b'{"a":{"want":"no"},"b":[{"want":"no"}],"want":"yes"}', b"yes"),
        (b'{"want":""}', b""),
        (b'{"want":"&\\\\1 %s %d"}', rb"&\1 %s %d"),
    ],
)
def test_the_text_comes_out_as_meant(document: bytes, expected: bytes) -> None:
    assert extract(document) == (0, expected)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b'"want"',
        b'["want","x"]',
        b'{"want":"x"',
        b'{"want":"x"}}',
        b'{"want":"x"} {"want":"y"}',
        b'{"want":"x","want":"y"}',
        rb'{"want":"x","\u0077ant":"y"}',
        b'{"want":"x",}',
        b'{"want" "x"}',
        b'{want:"x"}',
        b"{'want':'x'}",
        b'{"want":"x" "y"}',
        b'{"want":"line\nend"}',
        rb'{"want":"\u0000"}',
        rb'{"want":"\u00g1"}',
        rb'{"want":"\u41"}',
        rb'{"want":"\x41"}',
        b'{"want":"x","a":01}',
        b'{"want":"x","a":NaN}',
        b'{"want":"x","a":nullify}',
        b'{"want":"x","a":[1,]}',
        b'{"want":"x","a":' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"want":"x","a":' + b'{"a":' * 5000,
        b'\xef\xbb\xbf{"want":"x"}',
        b'{"want":"x\0y"}',
    ],
    ids=lambda document: repr(document[:40]),
)
def test_what_is_not_well_formed_gives_nothing(document: bytes) -> None:
    assert extract(document) == (1, b"")


@pytest.mark.parametrize("value", [b"1", b"true", b"null", b'["x"]', b'{"want":"x"}'])
def test_what_is_not_a_string_gives_nothing(value: bytes) -> None:
    assert extract(b'{"want":' + value + b"}") == (2, b"")


def test_a_large_document_is_read_at_once() -> None:
    pem = "\n".join("A" * 64 for _ in range(500))
    document = json.dumps({str(n): pem for n in range(6)} | {"want": pem}).encode()
    assert len(document) > 200_000
    assert extract(document) == (0, pem.encode())
