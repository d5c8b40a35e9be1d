"""What OpenVPN's management interface can tell, as frozen facts. Made by `openvpn.management.parse_line` only."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """A session moved or went: worth asking for the status at once."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """By its first words a kind that the agent waits for, but in another form: is this OpenVPN of another version?"""

    line: str


@dataclass(frozen=True, slots=True)
class CertificateRefused:
    """`crl-verify` turned a revoked certificate away. `at` is Unix time."""

    serial: str
    source: str
    at: int
    line: str


@dataclass(frozen=True, slots=True)
class EntryRefused:
    """`ccd-exclusive` turned away a sensor whose certificate is good. The log names no serial."""

    subject: str
    source: str
    at: int
    line: str


@dataclass(frozen=True, slots=True)
class ClientEstablished:
    """A client was let in and has its address; begins a block of ENV lines about it."""

    client: int


@dataclass(frozen=True, slots=True)
class EnvironmentSerial:
    serial: str


class ClientRow(NamedTuple):
    """One client of `status 3`. Without a virtual address it is a handshake or a refused one, not a session.

    A tuple, since thousands are made for each status and boxes wait for the last of them.
    """

    common_name: str
    public_address: str | None
    virtual_address: str
    bytes_received: int
    bytes_sent: int
    since: int
    client: int


@dataclass(frozen=True, slots=True)
class StatusBegins:
    """The first line of the answer to `status 3`. OpenVPN has made the whole answer by then, and only hands it over."""


@dataclass(frozen=True, slots=True)
class End:
    """The last line of a reply of several lines."""


@dataclass(frozen=True, slots=True)
class Success:
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    text: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """OpenVPN serves us: until then the connection only waits in its queue."""


@dataclass(frozen=True, slots=True)
class Version:
    text: str


Event = (
    SessionChanged
    | CertificateRefused
    | EntryRefused
    | ClientEstablished
    | EnvironmentSerial
    | ClientRow
    | StatusBegins
    | End
    | Success
    | Failure
    | Greeting
    | NotUnderstood
    | Version
)
