"""The templates of both doors, with the real nginx in front of a stand-in for the portal."""

import json
import os
import re
import shutil
import socket
import socketserver
import ssl
import string
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import get_finders

from lab.errors import LaboratoryBroken
from lab.nginx import TEMPLATES, Instance, fill_in, reserve_for_nginx, start_nginx
from lab.portal import free_port
from lab.waiting import wait_until

DECEIT = {
    "X-Client-Certificate": "somebody else's",
    "X-Real-IP": "10.88.0.9",
    "X-Forwarded-For": "10.88.0.9",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Host": "elsewhere.example",
    "Forwarded": "for=10.88.0.9",
}


SENSOR, GATEWAY, STRANGER = "s-abcdefghijkl", "g-abcdefghijkl", "somebody"
LARGE = 2_000_000  # as no page and no file of ours is, and as the state of thousands of sensors


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that it got and the name of its socket; large if asked for, or late."""

    def do_GET(self) -> None:
        if self.path.endswith("/large"):
            self.answer(b"x" * LARGE)
            self.server.given.release()  # type: ignore[attr-defined]
            return
        if self.path.endswith("/late"):
            self.server.given.release()  # type: ignore[attr-defined]
            self.server.opened.wait()  # type: ignore[attr-defined]
        body = json.dumps({"door": self.server.door, "headers": dict(self.headers)}).encode()  # type: ignore[attr-defined]
        self.answer(body)

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "a unix socket"

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the name is http.server's
        """Stay quiet."""


MACHINES = ["machines-sensors", "machines-gateways", "machines-reports"]


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.door = path.stem
        self.given = threading.Semaphore(0)  # answers that were written, and late ones that have begun
        self.opened = threading.Event()
        super().__init__(str(path), Echo)
        path.chmod(0o777)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up before its answer is part of the tests, and no news."""


def openssl(*arguments: str, cwd: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
EXTENSIONS = """\
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
authorityKeyIdentifier=keyid
subjectAltName=IP:127.0.0.1
"""


def make_certificates(directory: Path) -> None:
    # What section 4.2.1.3 of RFC 5280 wants, and Debian's own settings of openssl leave out.
    usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", "-x509", *NEW_KEY, *usage, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=ca", cwd=directory)
    sign_certificates(directory, "door", SENSOR, GATEWAY, STRANGER)


def sign_certificates(directory: Path, *names: str) -> None:
    for name in names:
        (directory / "ext").write_text(EXTENSIONS)
        openssl("req", *NEW_KEY, "-keyout", f"{name}.key", "-out", "csr", "-subj", f"/CN={name}", cwd=directory)
        openssl(
            *("x509", "-req", "-in", "csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"),
            *("-extfile", "ext", "-out", f"{name}.crt"),
            cwd=directory,
        )


@dataclass
class Doors:
    """One nginx for each door, and what stands behind each socket."""

    certificates: Path
    people: str = ""
    machines: str = ""
    health: str = ""  # a socket
    behind: dict[str, Server] = field(default_factory=dict)

    def context(self, subject: str = "") -> ssl.SSLContext:
        made = ssl.create_default_context(cafile=self.certificates / "ca.crt")
        made.verify_flags |= ssl.VERIFY_X509_STRICT  # as from Python 3.13 on
        if subject:
            made.load_cert_chain(self.certificates / f"{subject}.crt", self.certificates / f"{subject}.key")
        return made

    def begin(self, address: str, path: str, subject: str = "", *, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """Ask, and read nothing."""
        host, _, port = address.partition(":")
        one = socket.socket()
        # Small segments, as on the internet: over loopback the kernel itself would take megabytes.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        one.bind((source, 0))
        one.connect((host, int(port)))
        asked = self.context(subject).wrap_socket(one, server_hostname=host)
        asked.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        return asked


@pytest.fixture
def doors(processes, directory):
    # nginx' workers are another user when we are root, and pytest's own folders are closed to them.
    home = Path(tempfile.mkdtemp())
    home.chmod(0o711)
    make_certificates(home)
    doors = Doors(home)
    port = 19443
    for door, names in (("people", ["people"]), ("machines", MACHINES)):
        sockets, run = home / "sockets" / door, home / f"run-{door}"
        sockets.mkdir(parents=True)
        run.mkdir()
        if os.geteuid() == 0:
            reserve_for_nginx(sockets, door)
        for name in names:
            server = doors.behind[name] = Server(sockets / f"{name}.sock")
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        port = free_port(port + 1)
        instance = Instance(door, door, f"127.0.0.1:{port}", home, sockets)
        start_nginx(instance, processes=processes, directory=run, logs=directory.logs, host=None)
        setattr(doors, door, instance.listen)
        doors.health = instance.health(run).removeprefix("unix:")
    yield doors
    for server in doors.behind.values():
        server.opened.set()
        server.shutdown()
        server.server_close()
    shutil.rmtree(home)


def ask(doors: Doors, address: str, path: str, *, subject: str = "", tls: str = "") -> dict[str, object]:
    context = doors.context(subject)
    if tls:
        context.maximum_version = ssl.TLSVersion[tls]
    request = urllib.request.Request(f"https://{address}{path}", headers=DECEIT)
    try:
        with urllib.request.urlopen(request, context=context, timeout=10) as answer:  # noqa: S310  # our own
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        told = {"type": error.headers["Content-Type"], "after": error.headers["Retry-After"]}
        return {"status": error.code, **told, **json.load(error)}


def test_the_machines_door_hands_on_the_certificate_and_nothing_the_client_claims(doors):
    answer = ask(doors, doors.machines, "/v1/disk-key", subject=SENSOR)

    headers = answer["headers"]
    assert isinstance(headers, dict)
    assert headers["X-Client-Certificate"].startswith("-----BEGIN%20CERTIFICATE-----")
    assert headers["X-Real-IP"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "https"
    assert 0 <= float(headers["X-Connection-Time"]) < 60
    assert abs(float(headers["X-Passed-On-At"]) - time.time()) < 60
    own = {"X-Client-Certificate", "X-Real-IP", "X-Forwarded-Proto", "X-Connection-Time", "X-Passed-On-At"}
    assert set(headers) <= {"Host", "Content-Type"} | own


def test_gateways_have_workers_of_their_own(doors):
    assert ask(doors, doors.machines, "/v1/disk-key", subject=SENSOR)["door"] == "machines-sensors"
    assert ask(doors, doors.machines, "/v1/gateway/state", subject=GATEWAY)["door"] == "machines-gateways"
    assert ask(doors, doors.machines, "/v1/gateway/observed", subject=GATEWAY)["door"] == "machines-reports"


def test_no_certificate_is_a_problem_with_a_reason(doors):
    answer = ask(doors, doors.machines, "/v1/disk-key")

    assert answer["status"] == 403
    assert answer["type"] == "application/problem+json"
    assert answer["reason"] == "certificate-refused"


def test_the_machines_door_speaks_nothing_older_than_tls_1_3(doors):
    with pytest.raises(urllib.error.URLError, match=r"(?i)alert|version"):
        ask(doors, doors.machines, "/v1/disk-key", subject=SENSOR, tls="TLSv1_2")


def test_the_peoples_door_never_gets_a_client_certificate(doors):
    answer = ask(doors, doors.people, "/", subject=SENSOR)

    headers = answer["headers"]
    assert isinstance(headers, dict)
    assert answer["door"] == "people"
    assert "X-Client-Certificate" not in headers
    assert headers["X-Real-IP"] == headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "https"
    assert not {"Forwarded", "X-Forwarded-Host"} & set(headers)


@pytest.mark.parametrize(
    ("subject", "path"),
    [
        (SENSOR, "/v1/gateway/state"),
        (SENSOR, "/v1/gateway/large"),
        (GATEWAY, "/v1/disk-key"),
        (STRANGER, "/v1/disk-key"),
        (STRANGER, "/v1/gateway/state"),
    ],
)
def test_neither_kind_of_machine_reaches_the_workers_of_the_other(doors, subject, path):
    answer = ask(doors, doors.machines, path, subject=subject)

    assert (answer["status"], answer["reason"]) == (403, "call-refused")
    assert answer["type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("door", "path", "subject"), [("people", "/large", ""), ("machines-gateways", "/v1/gateway/large", GATEWAY)]
)
def test_an_answer_that_nobody_reads_holds_no_thread_of_the_portal(doors, door, path, subject):
    address = doors.people if door == "people" else doors.machines
    with ExitStack() as stack:
        for _ in range(16):
            stack.enter_context(doors.begin(address, path, subject))
            assert doors.behind[door].given.acquire(timeout=30)


def test_every_page_and_file_fits_into_the_buffers_of_the_peoples_door():
    """What does not would hold a thread for as long as its reader likes."""
    number, kilobytes = re.findall(r"proxy_buffers (\d+) (\d+)k;", (TEMPLATES / "people.conf.template").read_text())[0]
    room = int(number) * int(kilobytes) * 1024
    files = [(storage.size(path), path) for finder in get_finders() for path, storage in finder.list([])]
    assert max(files)[0] < room / 2, max(files)


@pytest.mark.parametrize(
    ("door", "path", "subject", "most"),
    [
        ("people", "/late", "", 64),
        ("machines-sensors", "/v1/late", SENSOR, 8),
        ("machines-gateways", "/v1/gateway/late", GATEWAY, 16),
    ],
)
def test_one_address_or_machine_has_so_many_requests_under_way_and_no_more(doors, door, path, subject, most):
    address = doors.people if door == "people" else doors.machines
    with ExitStack() as stack:
        for _ in range(most):
            stack.enter_context(doors.begin(address, path, subject))
            # nginx reads them in no order: the one that is to be refused would get the place of one it has yet to read.
            assert doors.behind[door].given.acquire(timeout=30)

        def is_refused() -> bool:
            answer = ask(doors, address, path.replace("late", "early"), subject=subject)
            return answer.get("status") == 429 and answer["reason"] == "too-many-at-once" and answer["after"] == "1"

        wait_until(is_refused, what=f"the request after {most} others to be refused", timeout=10)
        doors.behind[door].opened.set()
        wait_until(lambda: not is_refused(), what="room again", timeout=10)


def browse(doors: Doors, path: str, body: bytes | None = None) -> tuple[int, str, str]:
    """As a browser does: status, kind and text. A body is posted."""
    request = urllib.request.Request(
        f"https://{doors.people}{path}", data=body, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    )
    try:
        with urllib.request.urlopen(request, context=doors.context(), timeout=10) as answer:  # noqa: S310  # our own
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def test_a_portal_that_is_away_says_so_to_people_and_to_programs(doors):
    doors.behind["people"].shutdown()
    doors.behind["people"].server_close()
    for body in (None, b"kind=stolen"):
        status, kind, page = browse(doors, "/report/", body)
        assert (status, kind) == (503, "text/html; charset=utf-8")
        assert "it may not be reported yet" in page
        assert "${" not in page
    answer = ask(doors, doors.people, "/api/v1/sensors/")
    assert (answer["status"], answer["reason"], answer["after"]) == (503, "portal-away", "5")
    assert answer["type"] == "application/problem+json"
    # Nobody reaches those pages by an address of their own.
    assert browse(doors, "/door/people-away.html")[0] == 404


def test_what_is_too_large_is_refused_by_a_page_or_a_problem(doors):
    status, _, page = browse(doors, "/report/", b"x" * 300_000)
    assert (status, "This file is too large" in page) == (413, True)


def test_who_is_one_too_many_reads_what_became_of_it(doors):
    with ExitStack() as stack:
        for _ in range(64):
            stack.enter_context(doors.begin(doors.people, "/late"))
            assert doors.behind["people"].given.acquire(timeout=30)

        def is_refused() -> bool:
            status, _, page = browse(doors, "/early")
            return status == 429 and "it is not reported yet" in page

        wait_until(is_refused, what="the request after 64 others to be refused", timeout=10)
        doors.behind["people"].opened.set()


def test_boxes_that_would_stand_in_line_for_too_long_are_told_to_come_again(doors):
    """Thousands after a power cut: a box gives up after ten seconds, and then its place in the line is lost work."""
    text = (TEMPLATES / "machines.conf.template").read_text()
    [most] = re.findall(r"location = /v1/disk-key \{[^@]*limit_conn everybody (\d+);", text)
    boxes = [f"s-{first}{second}" for first in "abc" for second in string.ascii_lowercase][: int(most) // 8]
    sign_certificates(doors.certificates, *boxes)
    with ExitStack() as stack:
        for number in range(int(most)):
            where, box = f"127.0.0.{2 + number // 64}", boxes[number // 8]
            stack.enter_context(doors.begin(doors.machines, "/v1/disk-key?/late", box, source=where))
            assert doors.behind["machines-sensors"].given.acquire(timeout=30)

        def is_refused() -> bool:
            answer = ask(doors, doors.machines, "/v1/disk-key", subject=SENSOR)
            return answer.get("status") == 429 and answer["reason"] == "too-many-at-once" and answer["after"] == "4"

        wait_until(is_refused, what="the request after all others to be refused", timeout=10)
        # What a box tells has room all the same.
        assert ask(doors, doors.machines, "/v1/heartbeat", subject=SENSOR)["door"] == "machines-sensors"
        doors.behind["machines-sensors"].opened.set()
        wait_until(lambda: not is_refused(), what="room again", timeout=10)


# What is limited by address is told to each that asks; the address is the one that the header claims.
TELLING = """
daemon off;
pid nginx.pid;
events {}
http {
  include common.conf;
  access_log off;
  server {
    listen 127.0.0.1:PORT;
    set_real_ip_from 127.0.0.1;
    return 200 $one_network;
  }
}
"""


def test_an_ipv6_network_of_64_bits_counts_as_one_address(processes, directory):
    run, port = directory.subdirectory("telling"), free_port(19443)
    shutil.copy(TEMPLATES / "common.conf", run)
    (run / "nginx.conf").write_text(TELLING.replace("PORT", str(port)))
    command = ["nginx", "-p", str(run), "-c", str(run / "nginx.conf"), "-e", str(directory.logs / "nginx.log")]
    process = processes.start("nginx", command)

    def network_of(address: str) -> bytes:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"X-Real-IP": address})
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # our own
            return bytes(answer.read())

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    processes.wait_for(listens, of=process, what="nginx to listen")
    assert network_of("2001:db8:a:d::1") == network_of("2001:db8:a:d:ffff:0:2:3") == bytes.fromhex("20010db8000a000d")
    assert network_of("2001:db8:a:c::1") == bytes.fromhex("20010db8000a000c")
    assert network_of("198.51.100.10") == bytes([198, 51, 100, 10])


def test_a_name_that_nobody_filled_in_is_an_error():
    with pytest.raises(KeyError, match="NGINX_USER"):
        fill_in("user ${NGINX_USER};", {})


@pytest.mark.parametrize("value", ["www-data; load_module /tmp/x", "a\nb", "{", "", "a b"])
def test_a_value_cannot_become_a_directive(value):
    with pytest.raises(LaboratoryBroken, match="NGINX_USER"):
        fill_in("user ${NGINX_USER};", {"NGINX_USER": value})


@pytest.mark.live
@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.template")), ids=lambda path: path.name)
def test_envsubst_as_the_template_tells_gives_the_same(template):
    text = template.read_text()
    names = {f"NGINX_{name}": f"/x/{name.lower()}" for name in re.findall(r"\$\{NGINX_([A-Z_]+)\}", text)}
    assert len(names) >= 3
    command = next(line for line in text.splitlines() if "envsubst" in line).lstrip("# ")
    shell = re.sub(r"< \S+ > \S+$", f"< {template}", command)
    filled = subprocess.run(
        ["sh", "-c", shell], env={"PATH": os.environ["PATH"], **names}, capture_output=True, text=True, check=True
    )

    without_comments = [line for line in filled.stdout.splitlines() if not line.lstrip().startswith("#")]
    assert "\n".join(without_comments) + "\n" == fill_in(text, names)


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.template")), ids=lambda path: path.name)
def test_the_head_of_each_template_names_all_that_is_filled_in(template):
    head, rest = re.split(r"^(?=daemon off;|server )", template.read_text(), maxsplit=1, flags=re.M)
    assert set(re.findall(r"\$\{(NGINX_[A-Z_]+)\}", rest)) == set(re.findall(r"^#   (NGINX_[A-Z_]+)", head, re.M))


def look(doors: Doors, path: str, *options: str) -> tuple[int, str]:
    """At the plain listener of the machines' door."""
    command = ["curl", "-sm", "10", "-w", "\\n%{http_code}", "--unix-socket", doors.health, *options]
    done = subprocess.run([*command, f"http://localhost{path}"], capture_output=True, text=True, check=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


@pytest.mark.parametrize("process", ["sensors", "gateways", "reports"])
@pytest.mark.parametrize("question", ["live", "ready"])
def test_whoever_watches_asks_each_process_without_a_certificate(doors, process, question):
    headers = [word for name, value in DECEIT.items() for word in ("-H", f"{name}: {value}")]
    status, body = look(doors, f"/{process}/health/{question}?a=b", *headers)

    assert (status, json.loads(body)["door"]) == (200, f"machines-{process}")
    # Nothing of what was asked goes on: no word about who the client is could be nginx's.
    assert set(json.loads(body)["headers"]) == {"Host"}
    assert json.loads(body)["headers"]["Host"] == "localhost"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/health/live",
        "/v1/disk-key",
        "/sensors/v1/disk-key",
        "/sensors/health/",
        "/sensors/health/live/",
        "/sensors/health/live/../../v1/disk-key",
        "/sensors/health/live%2f..%2f..%2fv1%2fdisk-key",
        "/sensors/health/live%3f",
        "/sensors/health/live%0aX",
        "/people/health/live",
    ],
)
def test_there_is_nothing_else_where_no_certificate_is_asked_for(doors, path):
    assert look(doors, path, "--path-as-is")[0] == 404


def test_nothing_is_sent_by_way_of_the_plain_listener(doors):
    assert look(doors, "/sensors/health/live", "-X", "POST", "-d", "x")[0] == 403
    assert look(doors, "/sensors/health/live", "-X", "GET", "-d", "x" * 1000)[0] == 200


@pytest.mark.parametrize("subject", [SENSOR, GATEWAY, STRANGER])
def test_a_machine_has_no_business_with_the_health_of_its_door(doors, subject):
    answer = ask(doors, doors.machines, "/health/ready", subject=subject)
    assert (answer["status"], answer["reason"]) == (403, "call-refused")
