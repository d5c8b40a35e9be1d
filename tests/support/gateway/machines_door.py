"""A stand-in for the portal's doors: HTTPS with mutual TLS, the gateway's calls of docs/contracts.md, nothing else."""

import contextlib
import itertools
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509

from tests.support.authority import Authority, Issued
from tests.support.waiting import BUSY


@dataclass
class Portal:
    """What the portal wants and what it was told. Guarded by `changed`."""

    generation: int = 0
    config: dict[str, Any] | None = None
    config_generation: int = 0
    sensors: dict[str, dict[str, Any]] = field(default_factory=dict)
    reports: list[dict[str, Any]] = field(default_factory=list)
    report_times: list[float] = field(default_factory=list)
    last_sequence: int = 0
    raw_answer: bytes | None = None
    refuse_reports: int | None = None
    questions: dict[int, list[str]] = field(default_factory=dict)
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    changed: threading.Condition = field(default_factory=threading.Condition)

    def want(self, *subjects_and_facts: dict[str, Any], config: dict[str, Any] | None = None) -> int:
        """One generation more, with these sensors changed in it."""
        with self.changed:
            self.generation += 1
            if config:
                self.config, self.config_generation = config, self.generation
            for facts in subjects_and_facts:
                self.sensors[facts["subject"]] = {**facts, "generation": self.generation}
            self.changed.notify_all()
            return self.generation

    def answer(self, since: int, seconds: float) -> bytes:
        with self.changed:
            self.changed.wait_for(lambda: self.generation > since or self.raw_answer, timeout=seconds)
            if self.raw_answer is not None:
                return self.raw_answer
            full = since == 0 or since > self.generation
            return json.dumps(
                {
                    "generation": self.generation,
                    "full": full,
                    "config": self.config if full or self.config_generation > since else None,
                    "sensors": [one for one in self.sensors.values() if full or one["generation"] > since],
                }
            ).encode()

    def ask(self, answers: list[dict[str, Any]], seconds: float) -> list[dict[str, Any]]:
        """Takes the answers in, and waits for the next questions."""
        with self.changed:
            for answer in answers:
                self.questions.pop(answer["number"], None)
                self.answers[answer["number"]] = answer
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.questions, timeout=seconds)
            return [{"number": number, "subjects": subjects} for number, subjects in self.questions.items()]

    def answer_to(self, *subjects: str, seconds: float = 20) -> list[dict[str, Any]] | None:
        """What the agent says of these machines' sessions now; None when it cannot see any."""
        with self.changed:
            number = next(self._numbers)
            self.questions[number] = list(subjects)
            self.changed.notify_all()
            if not self.changed.wait_for(lambda: number in self.answers, timeout=seconds):
                raise AssertionError(f"no answer within {seconds} s")
            sessions: list[dict[str, Any]] | None = self.answers[number]["sessions"]
            return sessions

    def take_report(self, report: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self.changed:
            if self.refuse_reports:
                return self.refuse_reports, {"reason": "report-faulty"}
            if report["sequence"] <= self.last_sequence:
                return 409, {"reason": "report-replayed", "last_sequence": self.last_sequence}
            self.last_sequence = report["sequence"]
            self.reports.append(report)
            self.report_times.append(time.monotonic())
            self.changed.notify_all()
            return 204, {}

    def wait_for_report(
        self, matches: Callable[[dict[str, Any]], object], *, seconds: float, what: str, after: int = 0
    ) -> tuple[dict[str, Any], float]:
        """The first report from number `after` on that matches, and when it came (monotonic)."""
        found: list[int] = []

        def look() -> bool:
            found[:] = [n for n in range(after, len(self.reports)) if matches(self.reports[n])][:1]
            return bool(found)

        with self.changed:
            if not self.changed.wait_for(look, timeout=seconds * BUSY):
                raise AssertionError(f"no report within {seconds * BUSY} s: {what}; last: {self.reports[-2:]}")
            return self.reports[found[0]], self.report_times[found[0]]

    def sessions(self) -> set[str]:
        """The live sessions as told by all reports together."""
        with self.changed:
            live: set[str] = set()
            for report in self.reports:
                if report["sessions"]["full"]:
                    live = set()
                live |= {one["subject"] for one in report["sessions"]["up"]}
                live -= set(report["sessions"]["down"])
            return live


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    portal: Portal
    gateway_subject: str
    tls_crypt_key: bytes

    def do_GET(self) -> None:
        if not self._is_gateway():
            return
        path, _, query = self.path.partition("?")
        if path == "/v1/gateway/tls-crypt-v2-key":
            self._reply(200, self.tls_crypt_key, "application/x-pem-file")
        elif path == "/v1/gateway/state":
            asked = dict(pair.split("=") for pair in query.split("&"))
            self._reply(200, self.portal.answer(int(asked["since"]), float(asked["wait"])))
        else:
            self._reply(404, b"{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._is_gateway():
            return
        if self.path.startswith("/v1/gateway/session-questions"):
            wait = float(self.path.partition("wait=")[2])
            self._reply(200, json.dumps({"questions": self.portal.ask(json.loads(body)["answers"], wait)}).encode())
            return
        status, answer = self.portal.take_report(json.loads(body))
        self._reply(status, b"" if status == 204 else json.dumps(answer).encode())

    def _is_gateway(self) -> bool:
        der = self.connection.getpeercert(binary_form=True)
        name = x509.load_der_x509_certificate(der).subject.rfc4514_string()
        if name == f"CN={self.gateway_subject}":
            return True
        self._reply(403, b'{"reason": "certificate-refused"}')
        return False

    def _reply(self, status: int, body: bytes, media: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.connections: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.connections.append(connection)
        return connection, address

    def hang_up(self) -> None:
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A killed agent leaves broken connections; that is no news."""


class MachinesDoor:
    """Listens on the host's loopback or, with `bind_in`, inside a namespace."""

    def __init__(
        self, folder: Path, *, authority: Authority, door: Issued, subject: str, portal: Portal, tls_crypt_key: bytes
    ) -> None:
        (folder / "door.crt").write_text(door.certificate)
        (folder / "door.key").write_text(door.key)
        (folder / "door-ca.crt").write_text(authority.pem)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "door.crt", folder / "door.key")
        self._context.load_verify_locations(folder / "door-ca.crt")
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._handler = type(
            "Handler", (_Handler,), {"portal": portal, "gateway_subject": subject, "tls_crypt_key": tls_crypt_key}
        )
        self.port = 0
        self._server: _Server | None = None

    def open(self, enter: Callable[[], Callable[[], None]] = lambda: lambda: None) -> None:
        """`enter` moves this thread into a namespace and gives back the way out."""
        leave = enter()
        try:
            self._server = _Server(("127.0.0.1", self.port), self._handler)
        finally:
            leave()
        self.port = self._server.server_port
        self._server.socket = self._context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
            self._server = None
