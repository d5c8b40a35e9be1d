"""Debian's tang: one process for each connection, as its socket unit starts it. No TLS, no logins, no record."""

import base64
import json
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from bench.rows import Row, percentile
from lab.portal import free_port
from lab.waiting import wait_until

PROGRAM, KEYGEN = Path("/usr/libexec/tangd"), Path("/usr/libexec/tangd-keygen")
NEEDS = {"tang": PROGRAM, "systemd": Path("/usr/bin/systemd-socket-activate")}
CLIENTS = (1, 8, 32)


def measure(*, quick: bool) -> Iterator[Row]:
    """Recoveries a second: each a connection of its own, as a box would make when it boots."""
    with _server() as (port, request):
        for count in CLIENTS:
            taken, seconds = _ask(port, request, count, 1.0 if quick else 8.0)
            facts: dict[str, object] = {"clients": count, "tls": "none", "p99_ms": round(percentile(taken, 99), 1)}
            yield Row(f"peer.tang.disk_key.rate_{count}", len(taken) / seconds, "1/s", len(taken), facts)
        yield Row("peer.tang.disk_key.p99_ms_32", percentile(taken, 99), "ms", len(taken), facts)


@contextmanager
def _server() -> Iterator[tuple[int, bytes]]:
    with tempfile.TemporaryDirectory(prefix="nsm-bench-") as keys:
        subprocess.run([str(KEYGEN), keys], check=True, capture_output=True)
        port = free_port(9200)
        command = ["systemd-socket-activate", "--inetd", "-a", "-l", f"127.0.0.1:{port}", str(PROGRAM), keys]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            request = _request(keys)
            wait_until(lambda: _answers(port, request), what="tang to answer", timeout=10)
            yield port, request
        finally:
            process.terminate()
            process.wait()


def _request(keys: str) -> bytes:
    """A recovery of a key that only the holder of tang's own key can help with (McCallum-Relyea)."""
    [name] = [path.stem for path in Path(keys).glob("*.jwk") if json.loads(path.read_text())["alg"] == "ECMR"]
    point = ec.generate_private_key(ec.SECP521R1()).public_key().public_numbers()
    coordinates = {
        axis: base64.urlsafe_b64encode(value.to_bytes(66, "big")).rstrip(b"=").decode()
        for axis, value in (("x", point.x), ("y", point.y))
    }
    body = json.dumps({"alg": "ECMR", "crv": "P-521", "kty": "EC", **coordinates}).encode()
    head = f"POST /rec/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/jwk+json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _answers(port: int, request: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(request)
            answer = b""
            while b"}" not in answer:
                part = connection.recv(4096)
                if not part:
                    return False
                answer += part
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.1 200")


def _ask(port: int, request: bytes, clients: int, seconds: float) -> tuple[list[float], float]:
    """The milliseconds of each request, and how long all of it took."""
    taken: list[float] = []
    failed: list[float] = []
    deadline = time.monotonic() + seconds

    def ask() -> None:
        while (began := time.monotonic()) < deadline:
            (taken if _answers(port, request) else failed).append((time.monotonic() - began) * 1000)

    began = time.monotonic()
    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(f"tang left {len(failed)} of {len(failed) + len(taken)} requests without an answer")
    return taken, time.monotonic() - began
