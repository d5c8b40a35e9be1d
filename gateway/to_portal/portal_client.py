"""HTTPS to the portal, one connection kept open, with bounds on time and size."""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

MOST_BYTES = 64 * 1024 * 1024
CONNECT_SECONDS = 5.0
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class PortalUnreachableError(Exception):
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

    def __init__(self, url: str, make_context: Callable[[], ssl.SSLContext] | None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query:
            raise ValueError("not an address of a portal")
        self._secure = parts.scheme == "https"
        if not self._secure and parts.hostname not in LOOPBACK:
            # A one-time code in clear text would be anybody's.
            raise ValueError("the portal's address must be https")
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._make_context = make_context
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        seconds: float = 10.0,
        media: str = "application/json",
    ) -> Answer:
        """Raises PortalUnreachableError. A kept connection that has died is replaced once."""
        kept = self._connection is not None
        try:
            return self._ask(method, path, body, seconds, media)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if not kept or isinstance(error, TimeoutError):
                raise PortalUnreachableError(_describe(error)) from error
        try:
            return self._ask(method, path, body, seconds, media)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise PortalUnreachableError(_describe(error)) from error

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes | None, seconds: float, media: str) -> Answer:
        connection = self._connect()
        if connection.sock:
            connection.sock.settimeout(seconds)
        headers = {"Accept": f"{media}, application/problem+json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, self._prefix + path, body=body, headers=headers)
        response = connection.getresponse()
        content = response.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise http.client.HTTPException("the answer is too long")
        if response.will_close:
            self.close()
        return Answer(response.status, {name.lower(): text for name, text in response.getheaders()}, content)

    def _connect(self) -> http.client.HTTPConnection:
        if self._connection is None:
            if self._secure:
                context = self._make_context() if self._make_context else None
                self._connection = http.client.HTTPSConnection(
                    self._host, self._port, timeout=CONNECT_SECONDS, context=context
                )
            else:
                self._connection = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_SECONDS)
            self._connection.connect()
            _notice_a_dead_peer(self._connection.sock)
        return self._connection


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
