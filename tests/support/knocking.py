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

# ADDRESS PORT COUNT SOURCES...: so many connections that say one byte, which is the least that keeps nginx from taking
# one for idle; each is opened anew as soon as it is closed. From one of the host's addresses after the other.
ONE_BYTE = """
import itertools, resource, select, socket, sys, time
address, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
sources = itertools.cycle(sys.argv[4:] or [""])
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, count + 100))
poll, under_way, held = select.epoll(), {}, set()
poll.register(sys.stdin, select.EPOLLIN | select.EPOLLHUP)
def begin():
    one = socket.socket(family)
    one.setblocking(False)
    one.bind((next(sources), 0))
    one.connect_ex((address, port))
    under_way[one.fileno()] = one
    poll.register(one, select.EPOLLOUT)
def turn(seconds):
    for number, event in poll.poll(seconds):
        if number == sys.stdin.fileno(): sys.exit()
        one = under_way[number]
        if number in held and event == select.EPOLLIN:
            try:
                if one.recv(4096): continue
            except OSError: pass
        elif not event & (select.EPOLLERR | select.EPOLLHUP | select.EPOLLIN):
            try: one.send(b"\\x16")
            except OSError: pass
            held.add(number)
            poll.modify(number, select.EPOLLIN)
            continue
        poll.unregister(number)
        held.discard(number)
        under_way.pop(number).close()
most, said, rose, end = 0, False, time.monotonic(), time.monotonic() + 8
while True:
    for _ in range(min(count - len(under_way), 500)): begin()
    turn(0.01)
    if len(held) > most: most, rose = len(held), time.monotonic()
    if not said and (most == count or time.monotonic() > (min(rose + 1.5, end) if most else end)):
        print("holding", most, flush=True)
        said = True
"""

# ADDRESS PORT COUNT PATH SOURCE [CERTIFICATE KEY]: holds so many connections, each with a request, from this address of
# the host's ("" for any); opened anew when closed.
_SHAKING_HANDS = """
import os, resource, select, socket, ssl, sys
address, port, count, path, source = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:6]
context = ssl._create_unverified_context()
if sys.argv[6:]: context.load_cert_chain(*sys.argv[6:])
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, count + 100))
held = []
def begin(asked):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    one.settimeout(1)
    one.bind((source, 0))
    try:
        one.connect((address, port))
        one = context.wrap_socket(one, server_hostname=address)
        one.sendall(asked.format(path=path, address=address).replace(";", "\\r\\n").encode())
        held.append(one)
        return True
    except OSError: one.close()
def keep(asked, pace):
    said = False
    while True:
        began = True
        for _ in range(min(count - len(held), 300)):
            began = begin(asked)
            if not began: break
        if not said and (len(held) == count or not began):
            print("holding", len(held), flush=True)
            said = True
        if select.select([sys.stdin], [], [], 1 if said else 0)[0]: sys.exit()
        for one in list(held):
            try: pace(one)
            except OSError:
                held.remove(one)
                one.close()
"""

# ADDRESS PORT COUNT PATH SOURCE [CERTIFICATE KEY]: promise a large body, and send one byte of it a second.
SLOW_BODY = f"""{_SHAKING_HANDS}
head = "POST {{path}} HTTP/1.1;Host: {{address}};Content-Type: application/json;Content-Length: 9999;;"
keep(head, lambda one: one.sendall(b"x"))
"""

# ADDRESS PORT COUNT PATH SOURCE [CERTIFICATE KEY]: ask for what is there, and take 512 bytes of the answer a second.
SLOW_READ = f"""{_SHAKING_HANDS}
def pace(one):
    # Past TLS, which would take whole records.
    os.set_blocking(one.fileno(), False)
    try: taken = os.read(one.fileno(), 512)
    except BlockingIOError: return
    if not taken: raise OSError
keep("GET {{path}} HTTP/1.1;Host: {{address}};;", pace)
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
