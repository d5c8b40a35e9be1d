"""Programs that misbehave at a door, each run inside a host of the laboratory: silent, slow, cut off, too fast.

They read from standard input until it is closed, so that whoever started them decides how long they stay.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lab.namespaces import Namespace

# ADDRESS PORT COUNT: so many connections on which nothing is ever said.
SILENT = """
import socket, sys
held = [socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10) for _ in range(int(sys.argv[3]))]
print("holding", len(held), flush=True)
sys.stdin.read()
"""

# ADDRESS PORT COUNT CERTIFICATE KEY: shake hands, promise a large body, and send one byte of it a second.
SLOW = """
import socket, ssl, sys, threading, time
context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
context.load_cert_chain(sys.argv[4], sys.argv[5])
lines = ("POST /v1/heartbeat HTTP/1.1", "Host: door", "Content-Type: application/json", "Content-Length: 9999", "", "")
head = "\\r\\n".join(lines).encode()
held = []
for _ in range(int(sys.argv[3])):
    held.append(context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10)))
    held[-1].sendall(head)
def drip():
    while True:
        for one in held:
            try: one.sendall(b"x")
            except OSError: pass
        time.sleep(1)
threading.Thread(target=drip, daemon=True).start()
print("dripping", len(held), flush=True)
sys.stdin.read()
"""

# ADDRESS COUNT SECONDS: wrong codes as fast as they are answered, on eight connections; prints the statuses.
GUESS = """
import collections, http.client, json, secrets, ssl, sys, threading, time
context = ssl._create_unverified_context()
seen, lock, end = collections.Counter(), threading.Lock(), time.monotonic() + float(sys.argv[3])
def guess(count):
    door = http.client.HTTPSConnection(sys.argv[1], context=context, timeout=30)
    for _ in range(count):
        if time.monotonic() > end: return
        code = secrets.token_hex(13)
        body = json.dumps({"code": code, "csr": CSR})
        door.request("POST", "/api/v1/enrol", body, {"Content-Type": "application/json"})
        answer = door.getresponse(); answer.read()
        with lock: seen[answer.status] += 1
workers = [threading.Thread(target=guess, args=(int(sys.argv[2]) // 8,)) for _ in range(8)]
CSR = sys.stdin.read()
[worker.start() for worker in workers]; [worker.join() for worker in workers]
print(json.dumps(seen), flush=True)
"""


@contextmanager
def knocking(host: Namespace, program: str, *arguments: str) -> Iterator[str]:
    """What it says once it is at it; ended on the way out."""
    command = host.enter([sys.executable, "-c", program, *arguments])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def run_in(host: Namespace, program: str, arguments: Sequence[str], *, given: str, seconds: float) -> str:
    command = host.enter([sys.executable, "-c", program, *arguments])
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=seconds, check=True)
    return done.stdout
