"""OpenVPN's management interface, read: lines in, frozen facts out. Nothing here touches a socket.

What a client can choose (its peer info, UV_ variables, its certificate's names) appears inside these lines. So every
pattern is anchored at both ends of the part that only OpenVPN writes. Formats seen with OpenVPN 2.6.14 and 2.7.
"""

import ipaddress
import re
from functools import lru_cache

from gateway.openvpn.management_events import (
    CertificateRefused,
    ClientEstablished,
    ClientRow,
    End,
    EntryRefused,
    EnvironmentSerial,
    Event,
    Failure,
    Greeting,
    NotUnderstood,
    SessionChanged,
    StatusBegins,
    Success,
    Version,
)

LONGEST_LINE = 4096
LONGEST_QUOTE = 300
# The year 2286: the last second that fits ten digits.
LATEST = 9_999_999_999
LONGEST_COUNT = 18

TRANSPORT = re.compile(r"^(?:udp|tcp)[46]:")
SUBJECT_PREFIX = r"(?:(?P<subject>[sg]-[a-z2-7]{12})/)?"
PEER = r"(?P<peer>(?:(?:udp|tcp)[46]:)?[0-9A-Fa-f.:\[\]]{3,66})"
LOG = re.compile(r"(?:>LOG:)?(?P<at>[0-9]{1,10}),[A-Z]{0,8},(?P<text>.*)")
FLOATED = re.compile(rf"(?:{SUBJECT_PREFIX}{PEER} )?peer [0-9]{{1,8}} \([sg]-[a-z2-7]{{12}}\) floated from .*")
DOWN = re.compile(
    rf"(?:{SUBJECT_PREFIX}{PEER} )?SIG[A-Z0-9]+\[[a-z]+,[a-z-]*\] received, client-instance (?:exiting|restarting)"
)
REVOKED = re.compile(
    rf"{SUBJECT_PREFIX}{PEER} VERIFY CRL: depth=0, .*, serial=(?P<serial>[1-9][0-9]{{0,48}}) is revoked"
)
NO_CLIENT_CONFIG = re.compile(
    rf"{SUBJECT_PREFIX}{PEER} TLS Auth Error: --client-config-dir authentication failed for common name "
    r"'(?P<name>[sg]-[a-z2-7]{12})' file='[^']*'"
)
# What a client says of itself comes after other words than these ("peer info:").
AWAITED = re.compile(r"(?:\S{1,200} )?(?:VERIFY CRL: |TLS Auth Error: --client-config-dir )")
ESTABLISHED = re.compile(r">CLIENT:(?:ESTABLISHED|REAUTH),(?P<client>[0-9]{1,12})(?:,[0-9]{1,12})?")
ENVIRONMENT_SERIAL = re.compile(r">CLIENT:ENV,tls_serial_0=(?P<serial>[1-9][0-9]{0,48})")


class LineSplitter:
    """Bytes in, lines out. A line without end costs at most LONGEST_LINE bytes and is thrown away as a whole."""

    def __init__(self) -> None:
        self._rest = b""
        self._overlong = False

    def feed(self, data: bytes) -> list[str]:
        *complete, rest = (self._rest + data).split(b"\n")
        lines = []
        for line in complete:
            if not self._overlong and len(line) <= LONGEST_LINE:
                lines.append(line.rstrip(b"\r").decode("utf-8", "replace"))
            self._overlong = False
        if len(rest) > LONGEST_LINE:
            self._overlong = True
        self._rest = b"" if self._overlong else rest
        return lines


def parse_line(line: str) -> Event | None:
    """None for everything that tells us nothing, however odd it is."""
    # The two kinds of which a status has thousands come first.
    if line.startswith("CLIENT_LIST\t"):
        return _parse_client(line)
    if line.startswith("ROUTING_TABLE\t"):
        return None
    if line.startswith("TITLE\t"):
        return StatusBegins()
    if line == "END":
        return End()
    if line.startswith("SUCCESS:"):
        return Success(line[8:].strip())
    if line.startswith("ERROR:"):
        return Failure(line[6:].strip())
    if line.startswith(">INFO:OpenVPN Management Interface"):
        return Greeting()
    if line.startswith("OpenVPN Version: OpenVPN "):
        return Version(_quote(line[25:].split(" ", 1)[0])[:40])
    if match := ESTABLISHED.fullmatch(line):
        return ClientEstablished(int(match["client"]))
    if match := ENVIRONMENT_SERIAL.fullmatch(line):
        return EnvironmentSerial(match["serial"])
    if match := LOG.fullmatch(line):
        return _parse_log(int(match["at"]), match["text"])
    return None


def _parse_log(at: int, text: str) -> Event | None:
    if (match := REVOKED.fullmatch(text)) and (source := parse_peer(match["peer"])):
        return CertificateRefused(match["serial"], source, at, _quote(text))
    if (match := NO_CLIENT_CONFIG.fullmatch(text)) and (source := parse_peer(match["peer"])):
        return EntryRefused(match["name"], source, at, _quote(text))
    if FLOATED.fullmatch(text) or DOWN.fullmatch(text):
        return SessionChanged()
    return NotUnderstood(_quote(text)) if AWAITED.match(text) else None


def _parse_client(line: str) -> ClientRow | NotUnderstood:
    cells = line.split("\t")
    try:
        return ClientRow(
            common_name=cells[1],
            public_address=parse_peer(cells[2]),
            virtual_address=cells[3],
            bytes_received=_count(cells[5]),
            bytes_sent=_count(cells[6]),
            since=min(_count(cells[8]), LATEST),
            client=_count(cells[10]),
        )
    except (IndexError, ValueError):
        return NotUnderstood(_quote(line.replace("\t", " ")))


def _count(text: str) -> int:
    if len(text) > LONGEST_COUNT or not (text.isascii() and text.isdecimal()):
        raise ValueError("not a count")
    return int(text)


def parse_peer(text: str) -> str | None:
    """`address:port` without its port; an IPv4 address seen through an IPv6 socket becomes IPv4 again.

    OpenVPN 2.6 writes an IPv6 address without a port and without brackets, 2.7 with both and with the transport before.
    """
    text = TRANSPORT.sub("", text)
    if text.count(":") > 1 and (whole := _parse_host(text)):
        return whole
    host, _, port = text.rpartition(":")
    return _parse_host(host) if port.isdecimal() else None


# Every status of a large gateway names the same addresses again.
@lru_cache(maxsize=8192)
def _parse_host(host: str) -> str | None:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _quote(text: str) -> str:
    """Printable and short, since it is shown to people."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:LONGEST_QUOTE]
