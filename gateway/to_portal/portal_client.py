"""HTTPS to the portal, one connection kept open, with bounds on time and size.

The portal's name may have several addresses, one for each of its hosts. A host that refuses, is silent or cannot do its
work is left for the next one; nobody is asked twice in one call, and who calls waits between two calls.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from gateway.to_portal.door_addresses import Address, DoorAddresses

MOST_BYTES = 64 * 1024 * 1024
CONNECT_SECONDS = 5.0
# With another host to go to. A host that is merely slow gets more time once all of them are.
LEAST_PATIENCE_SECONDS = 1.5
MOST_PATIENCE_SECONDS = 15.0
# So long a call may wait for news there: a host that has gone silent is noticed when its answer is overdue.
LONGEST_WAIT_OF_SEVERAL = 1
# Of a proxy whose portal is gone, of a portal without its database, and of one that has broken.
CANNOT_WORK = frozenset({500, 502, 503, 504})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class PortalUnreachable(Exception):
    """No answer: refused, timed out, TLS, or cut short. The text is safe to show."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def retry_after(self, *, otherwise: float, most: float = 30.0) -> float:
        """In seconds; a server that says nonsense gets the default."""
        value = self.headers.get("retry-after", "")
        return min(float(value), most) if value.isdecimal() and len(value) < 6 else otherwise


def make_tls_context(
    *, ca_file: Path | None, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """`ca_file` None trusts the system's authorities."""
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate and key:
        context.load_cert_chain(str(certificate), str(key))
    return context


class PortalClient:
    """Not for use from two threads. `url` is https://host[:port][/prefix]; `make_context` is for one connection."""

    def __init__(
        self,
        url: str,
        make_context: Callable[[], ssl.SSLContext] | None,
        *,
        addresses: DoorAddresses | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query:
            raise ValueError("not an address of a portal")
        self._secure = parts.scheme == "https"
        if not self._secure and parts.hostname not in LOOPBACK:
            # A one-time code in clear text would be anybody's.
            raise ValueError("the portal's address must be https")
        self._host, self._port = parts.hostname, parts.port or (443 if self._secure else 80)
        self._prefix = parts.path.rstrip("/")
        self._make_context = make_context
        self._addresses = addresses or DoorAddresses(self._host, self._port)
        self._connection: http.client.HTTPConnection | None = None
        self._address: Address | None = None
        self._patience = LEAST_PATIENCE_SECONDS
        self._failures = 0

    def longest_wait(self, seconds: int) -> int:
        """For how long a call may wait for news, `seconds` at most: short where there is another host to go to."""
        return min(seconds, LONGEST_WAIT_OF_SEVERAL) if self._has_several() else seconds

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        seconds: float = 10.0,
        wait: float = 0.0,
        media: str = "application/json",
    ) -> Answer:
        """`wait` is how long the door may take by agreement, `seconds` how long it may take at most.

        Raises PortalUnreachable. A kept connection that has died is replaced once. After an answer by which a host
        says that it cannot do its work, the next call goes to another.
        """
        kept = self._connection is not None
        try:
            return self._ask(method, path, body, seconds, wait, media)
        except (OSError, http.client.HTTPException) as error:
            if not kept or isinstance(error, TimeoutError):
                self._leave_host()
                raise PortalUnreachable(_describe(error)) from error
            self.close()
        try:
            return self._ask(method, path, body, seconds, wait, media)
        except (OSError, http.client.HTTPException) as error:
            self._leave_host()
            raise PortalUnreachable(_describe(error)) from error

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = self._address = None

    def _ask(self, method: str, path: str, body: bytes | None, seconds: float, wait: float, media: str) -> Answer:
        connection = self._connect()
        began = time.monotonic()
        if connection.sock:
            connection.sock.settimeout(min(seconds, wait + self._patience) if self._has_several() else seconds)
        headers = {"Accept": f"{media}, application/problem+json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, self._prefix + path, body=body, headers=headers)
        response = connection.getresponse()
        content = response.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise http.client.HTTPException("the answer is too long")
        if response.status in CANNOT_WORK and self._has_several():
            self._leave_host()
        else:
            self._failures = 0
            self._patience = _within_bounds(2 * (time.monotonic() - began - wait))
        if response.will_close:
            self.close()
        return Answer(response.status, {name.lower(): text for name, text in response.getheaders()}, content)

    def _has_several(self) -> bool:
        try:
            return len(self._addresses.in_order()) > 1
        except OSError:
            return False

    def _leave_host(self) -> None:
        """The next call begins with another one. When all have failed in turn, each gets more time."""
        if self._address:
            self._note_failure(self._address)
        self.close()

    def _note_failure(self, address: Address) -> None:
        self._addresses.put_last(address)
        self._failures += 1
        if self._failures % len(self._addresses.in_order()) == 0:
            self._patience = _within_bounds(2 * self._patience)

    def _connect(self) -> http.client.HTTPConnection:
        """To the first host that lets us. Raises what the last one said."""
        if self._connection is not None:
            return self._connection
        addresses = self._addresses.in_order()
        seconds = CONNECT_SECONDS if len(addresses) == 1 else min(CONNECT_SECONDS, self._patience)
        for address in addresses[:-1]:
            try:
                return self._connect_to(address, seconds)
            except OSError:
                self._note_failure(address)
        try:
            return self._connect_to(addresses[-1], seconds)
        except OSError:
            self._note_failure(addresses[-1])
            raise

    def _connect_to(self, address: Address, seconds: float) -> http.client.HTTPConnection:
        """By its address, under the portal's name: that is what its certificate is for."""
        plain = socket.create_connection(address, timeout=seconds)
        try:
            _notice_a_dead_peer(plain)
            if self._secure:
                context = self._make_context() if self._make_context else ssl.create_default_context()
                connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                    self._host, self._port, context=context
                )
                connection.sock = context.wrap_socket(plain, server_hostname=self._host)
            else:
                connection = http.client.HTTPConnection(self._host, self._port)
                connection.sock = plain
        except BaseException:
            plain.close()
            raise
        # It would connect again by itself, to whatever address.
        connection.auto_open = 0
        self._connection, self._address = connection, address
        return connection


def _within_bounds(seconds: float) -> float:
    return max(LEAST_PATIENCE_SECONDS, min(seconds, MOST_PATIENCE_SECONDS))


def _notice_a_dead_peer(connection: socket.socket) -> None:
    """A long poll over a path that has silently gone would wait a minute; the kernel's probes notice in ten seconds."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 4)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)


def _describe(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
