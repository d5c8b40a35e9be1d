"""A stand-in for the people's door's one machine call: enrolment."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509

from tests.support.authority import Authority

CODE = "ABCD-EFGH-JKLM"


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gives up in the middle is part of the tests, and no news."""


class EnrolmentDoor:
    """Answers 202 `pending` times, then 201; remembers what it was sent."""

    def __init__(self, folder: Path, *, authority: Authority, subject: str, pending: int = 1) -> None:
        self.authority, self.subject, self.pending = authority, subject, pending
        self.bodies: list[dict[str, Any]] = []
        self.machines_door_url = ""
        self.change: dict[str, Any] = {}
        issued = authority.issue("people", server=True)
        (folder / "people.crt").write_text(issued.certificate)
        (folder / "people.key").write_text(issued.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "people.crt", folder / "people.key")
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, headers, answer = door.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                pass

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, str], dict[str, Any]]:
        self.bodies.append(body)
        if body["code"] != CODE:
            return 403, {}, {"reason": "code-refused", "detail": "This code is not valid."}
        if self.pending:
            self.pending -= 1
            return 202, {"Retry-After": "0"}, {}
        request = x509.load_pem_x509_csr(body["csr"].encode())
        answer = {
            "kind": "gateway",
            "subject": self.subject,
            "certificate": self.authority.certify_gateway(self.subject, request.public_key()),
            "chain": self.authority.pem,
            "machines_door_url": self.machines_door_url,
        }
        return 201, {}, answer | self.change

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
