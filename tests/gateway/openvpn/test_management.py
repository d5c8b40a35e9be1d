"""The parser of management lines; the texts are OpenVPN 2.6.14's own."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.openvpn.management import LONGEST_LINE, LineSplitter, parse_line, parse_peer
from gateway.openvpn.management_events import (
    CertificateRefused,
    ClientEstablished,
    ClientRow,
    End,
    EntryRefused,
    EnvironmentSerial,
    Failure,
    Greeting,
    SessionChanged,
    StatusBegins,
    Success,
    Version,
)
from tests.support.gateway.facts import CLIENT_LIST_ROW

PEER = "198.51.100.20:42729"
REVOKED = f"{PEER} VERIFY CRL: depth=0, CN=s-aaaaaaaaaaab, serial=219704400844788277447449 is revoked"


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info", Greeting()),
        ("OpenVPN Version: OpenVPN 2.6.14 x86_64-pc-linux-gnu [SSL (OpenSSL)] [LZO]", Version("2.6.14")),
        ("SUCCESS: pid=21807", Success("pid=21807")),
        ("ERROR: common name 'nobody' not found", Failure("common name 'nobody' not found")),
        ("END", End()),
        (">CLIENT:ESTABLISHED,2", ClientEstablished(2)),
        (">CLIENT:ENV,tls_serial_0=13392527119236678796", EnvironmentSerial("13392527119236678796")),
        (">CLIENT:ENV,tls_serial_1=538931846205353111046", None),
        # Not the log's words, which come without the client's number: OpenVPN says ESTABLISHED at the same moment.
        (
            ">LOG:1795503281,,MULTI: primary virtual IP for s-aaaaaaaaaaac/198.51.100.21:38435: 10.88.0.6",
            None,
        ),
        (
            ">LOG:1795503351,,peer 0 (s-aaaaaaaaaaac) floated from 198.51.100.20:39010 to [AF_INET]198.51.100.21:1",
            SessionChanged(),
        ),
        (
            ">LOG:1795503351,,s-aaaaaaaaaaab/198.51.100.20:39010 SIGTERM[soft,] received, client-instance exiting",
            SessionChanged(),
        ),
        (f">LOG:1795503353,,{PEER} SIGUSR1[soft,tls-error] received, client-instance restarting", SessionChanged()),
        (">LOG:1795503290,,SIGTERM[soft,delayed-exit] received, client-instance exiting", SessionChanged()),
        (
            f">LOG:1795503353,,{REVOKED}",
            CertificateRefused("219704400844788277447449", "198.51.100.20", 1795503353, REVOKED),
        ),
        (
            f"1795503353,N,{REVOKED}",
            CertificateRefused("219704400844788277447449", "198.51.100.20", 1795503353, REVOKED),
        ),
        (">LOG:1795503283,D,MANAGEMENT: CMD 'status 3'", None),
        ("TITLE\tOpenVPN 2.6.14", StatusBegins()),
        ("", None),
    ],
)
def test_it_reads_what_openvpn_says(line: str, event: object) -> None:
    assert parse_line(line) == event


def test_it_reads_a_refusal_for_want_of_a_client_config() -> None:
    text = (
        "198.51.100.22:56114 TLS Auth Error: --client-config-dir authentication failed for common name "
        "'s-aaaaaaaaaaad' file='ccd/s-aaaaaaaaaaad'"
    )
    assert parse_line(f">LOG:1795503281,N,{text}") == EntryRefused("s-aaaaaaaaaaad", "198.51.100.22", 1795503281, text)


def test_it_reads_a_client_of_the_status() -> None:
    assert parse_line(CLIENT_LIST_ROW) == ClientRow(
        "s-aaaaaaaaaaac", "198.51.100.21", "10.88.0.6", 2672, 2190, 1795503281, 3
    )


def test_a_client_without_virtual_address_keeps_none() -> None:
    row = parse_line(CLIENT_LIST_ROW.replace("10.88.0.6", ""))
    assert isinstance(row, ClientRow)
    assert row.virtual_address == ""


@pytest.mark.parametrize(
    "text",
    [
        # What a client may say of itself in its peer info and in its variables.
        f"{PEER} peer info: UV_X={REVOKED}",
        f"{PEER} peer info: IV_PLAT=x VERIFY CRL: depth=0, CN=x, serial=1 is revoked",
        f"s-aaaaaaaaaaac/{PEER} peer info: UV_X=/198.51.100.20:1 MULTI: primary virtual IP for x: 10.88.0.6",
        # A name that ends as our line ends, in a line of another kind.
        f"{PEER} VERIFY OK: depth=0, CN=x, serial=1 is revoked",
        f"{PEER} VERIFY ERROR: depth=0, error=x: CN=VERIFY CRL: depth=0, CN=y, serial=1 is revoked",
        # Not an address, not a serial.
        "nowhere:1 VERIFY CRL: depth=0, CN=x, serial=1 is revoked",
        f"{PEER} VERIFY CRL: depth=0, CN=x, serial=0x1 is revoked",
        f"{PEER} VERIFY CRL: depth=0, CN=x, serial={'9' * 50} is revoked",
        f"{PEER} VERIFY CRL: depth=1, CN=authority, serial=1 is revoked",
    ],
)
def test_a_forged_line_is_no_sighting(text: str) -> None:
    assert parse_line(f">LOG:1795503281,,{text}") is None


def test_of_two_serials_in_a_line_it_takes_the_one_openvpn_wrote() -> None:
    event = parse_line(f">LOG:1,,{PEER} VERIFY CRL: depth=0, CN=x, serial=1 is revoked, serial=2 is revoked")
    assert isinstance(event, CertificateRefused)
    assert event.serial == "2"


def test_a_variable_cannot_pass_for_a_serial() -> None:
    assert parse_line(">CLIENT:ENV,UV_X=>CLIENT:ENV,tls_serial_0=1") is None


@settings(deadline=None)
@given(st.text())
@example(CLIENT_LIST_ROW.replace("2672", "9" * 400))
@example(CLIENT_LIST_ROW.replace("1795503281", "²"))
@example(">LOG:٣,,x")
def test_no_line_makes_it_fail(line: str) -> None:
    parse_line(line)


@settings(deadline=None)
@given(st.sampled_from([CLIENT_LIST_ROW, f">LOG:1795503353,,{REVOKED}"]), st.integers(0, 200), st.text(max_size=5))
def test_no_spoilt_line_makes_it_fail(line: str, at: int, text: str) -> None:
    parse_line(line[:at] + text + line[at:])


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60)))
def test_lines_do_not_depend_on_how_the_bytes_were_cut(chunks: list[bytes]) -> None:
    splitter = LineSplitter()
    in_pieces = [line for chunk in chunks for line in splitter.feed(chunk)]
    assert in_pieces == LineSplitter().feed(b"".join(chunks))


def test_an_endless_line_costs_no_memory_and_the_next_line_is_read() -> None:
    splitter = LineSplitter()
    for _ in range(1000):
        assert splitter.feed(b"x" * 1000) == []
    assert len(splitter._rest) <= LONGEST_LINE
    assert splitter.feed(b"END\nEND\n") == ["END"]


def test_a_line_that_is_too_long_is_dropped_whole_even_if_it_comes_at_once() -> None:
    assert LineSplitter().feed(b"x" * (LONGEST_LINE + 1) + b"\nEND\n") == ["END"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("198.51.100.21:38435", "198.51.100.21"),
        ("udp4:198.51.100.21:38435", "198.51.100.21"),
        ("::ffff:198.51.100.21:38435", "198.51.100.21"),
        ("[2001:db8::1]:1194", "2001:db8::1"),
        ("2001:db8::1:1194", "2001:db8::1"),
        ("198.51.100.21", None),
        ("name:1", None),
        ("", None),
    ],
)
def test_it_takes_the_address_out_of_a_peer(text: str, address: str | None) -> None:
    assert parse_peer(text) == address
