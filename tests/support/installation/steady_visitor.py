"""Somebody who is at the people's door all the while: one new connection after another, and a request that takes long.

`python -m tests.support.installation.steady_visitor ADDRESS`: until its standard input ends. Prints what became of it.
"""

import json
import select
import socket
import ssl
import sys
from hashlib import sha256

from tests.support.installation.portal_machine import NAME

_LENGTH = 4000


def main(address: str) -> None:
    slow = _connect(address)
    head = f"POST /accounts/login/ HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\nContent-Length: {_LENGTH}\r\n\r\n"
    slow.sendall(head.encode())
    sent, asked, failed, shown = 0, 0, [], list[str]()
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        slow.sendall(b"x")
        sent, asked = sent + 1, asked + 1
        try:
            with _connect(address) as quick:
                certificate = sha256(quick.getpeercert(binary_form=True) or b"").hexdigest()
                shown += [certificate] if certificate not in shown else []
                quick.sendall(f"GET /accounts/login/ HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
                if not _status(quick).startswith("HTTP/1.1 "):
                    failed.append("no answer")
        except OSError as error:
            failed.append(str(error))
    slow.sendall(b"x" * (_LENGTH - sent))
    print(json.dumps({"asked": asked, "failed": failed, "slow": _status(slow), "shown": shown}))


def _connect(address: str) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection((address, 443), 20), server_hostname=NAME)


def _status(connection: ssl.SSLSocket) -> str:
    answer = b""
    while b"\r\n" not in answer and (piece := connection.recv(4096)):
        answer += piece
    return answer.partition(b"\r\n")[0].decode(errors="replace")


if __name__ == "__main__":
    main(sys.argv[1])
