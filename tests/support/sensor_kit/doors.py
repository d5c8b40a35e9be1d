"""An HTTPS server that answers as it is told, for the people's and the machines' door."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.authority import Authority, key_pem
from tests.support.waiting import wait_until


@dataclass(frozen=True)
class Answer:
    """What to send; `length` may lie about the body, None is chunked. `silent` sends nothing for so long."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = -1
    silent: float = 0
    slow: float = 0


@dataclass(frozen=True)
class Request:
    """`client` is the certificate that was shown, as DER."""

    path: str
    body: bytes
    at: float
    client: bytes = b""


@dataclass
class Door:
    """`answers[path]` are given in turn, the last one for ever; a function makes one from the request."""

    answers: dict[str, list[Answer | Callable[[Request], Answer]]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    def to(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path.partition("?")[0] == path]

    def wait_for_a_request(self) -> None:
        wait_until(lambda: self.requests, seconds=10, what="a request comes")

    def choose(self, request: Request) -> Answer:
        self.requests.append(request)
        script = self.answers.get(request.path.partition("?")[0], [Answer(status=404)])
        answer = script.pop(0) if len(script) > 1 else script[0]
        return answer(request) if callable(answer) else answer


def make_handler(door: Door) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            client = cast(ssl.SSLSocket, self.connection).getpeercert(binary_form=True) or b""
            answer = door.choose(Request(path=self.path, body=body, at=time.monotonic(), client=client))
            self.close_connection = True
            if answer.silent:
                door.closing.wait(answer.silent)
                return
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.length is None:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(len(answer.body) if answer.length < 0 else answer.length))
            self.end_headers()
            self.send_body(answer)

        def send_body(self, answer: Answer) -> None:
            if answer.slow:
                for byte in answer.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    if door.closing.wait(answer.slow):
                        return
            elif answer.length is None:
                for part in (answer.body[:10], answer.body[10:]):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.write(b"0\r\n\r\n")
            else:
                self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the name is the base class's
            pass

    return Handler


class TlsServer(ThreadingHTTPServer):
    """Shakes hands in the connection's own thread, so that a silent client holds up nobody."""

    daemon_threads = True
    context: ssl.SSLContext
    handler: type[BaseHTTPRequestHandler]

    def finish_request(self, request: object, client_address: object) -> None:
        if not isinstance(request, socket.socket):
            raise TypeError
        request.settimeout(20)
        with (
            contextlib.suppress(OSError),
            self.context.wrap_socket(request, server_side=True) as secure,
        ):
            self.handler(secure, client_address, self)


@contextlib.contextmanager
def open_door(
    folder: Path, authority: Authority, *, clients: Authority | None = None, at: tuple[str, int] = ("127.0.0.1", 0)
) -> Iterator[Door]:
    """A door with a certificate of `authority`, for 127.0.0.1 wherever it is; it asks for one of `clients`, if any."""
    key = ec.generate_private_key(ec.SECP256R1())
    pair = folder / f"server-{id(key)}.pem"
    pair.write_text(key_pem(key) + authority.certify("door", key.public_key(), server=True))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    pair.unlink()
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=clients.pem)
    door = Door()
    server = TlsServer(at, make_handler(door))
    server.context = context
    server.handler = make_handler(door)
    door.url = f"https://{at[0]}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield door
    finally:
        door.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
