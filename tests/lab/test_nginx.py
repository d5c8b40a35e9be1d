"""The template for both doors, with the real nginx in front of a stand-in for the portal."""

import json
import os
import shutil
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from lab.errors import LaboratoryError
from lab.nginx import TEMPLATE, Doors, fill_in, reserve_for_nginx, start_nginx
from lab.portal import free_port

DECEIT = {
    "X-Client-Certificate": "somebody else's",
    "X-Real-IP": "10.88.0.9",
    "X-Forwarded-For": "10.88.0.9",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Host": "elsewhere.example",
    "Forwarded": "for=10.88.0.9",
}


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that it got and the name of its socket."""

    def do_GET(self) -> None:
        body = json.dumps({"door": self.server.door, "headers": dict(self.headers)}).encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "a unix socket"

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the name is http.server's
        """Stay quiet."""


NAMES = ("people", "machines-sensors", "machines-gateways", "machines-reports")


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.door = path.stem
        super().__init__(str(path), Echo)
        path.chmod(0o777)


def openssl(*arguments: str, cwd: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


def make_certificates(directory: Path) -> None:
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=ca", cwd=directory)
    for name in ("door", "client"):
        (directory / "ext").write_text("subjectAltName=IP:127.0.0.1\n")
        openssl("req", *new_key, "-keyout", f"{name}.key", "-out", "csr", "-subj", f"/CN={name}", cwd=directory)
        openssl(
            *("x509", "-req", "-in", "csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"),
            *("-extfile", "ext", "-out", f"{name}.crt"),
            cwd=directory,
        )


@pytest.fixture
def doors(processes, directory):
    # nginx' workers are another user when we are root, and pytest's own folders are closed to them.
    home = Path(tempfile.mkdtemp())
    home.chmod(0o711)
    make_certificates(home)
    sockets = home / "sockets"
    sockets.mkdir(mode=0o700)
    if os.geteuid() == 0:
        reserve_for_nginx(sockets)
    servers = [Server(sockets / f"{name}.sock") for name in NAMES]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    people = free_port(19443)
    doors = Doors(f"127.0.0.1:{people}", f"127.0.0.1:{free_port(people + 1)}", home, sockets)
    run = home / "run"
    run.mkdir()
    start_nginx(doors, processes=processes, directory=run, logs=directory.logs, host=None)
    yield doors
    for server in servers:
        server.shutdown()
        server.server_close()
    shutil.rmtree(home)


def ask(doors: Doors, address: str, path: str, *, with_certificate: bool = False, tls: str = "") -> dict[str, object]:
    context = ssl.create_default_context(cafile=doors.certificates / "ca.crt")
    if with_certificate:
        context.load_cert_chain(doors.certificates / "client.crt", doors.certificates / "client.key")
    if tls:
        context.maximum_version = ssl.TLSVersion[tls]
    request = urllib.request.Request(f"https://{address}{path}", headers=DECEIT)
    try:
        with urllib.request.urlopen(request, context=context, timeout=10) as answer:  # noqa: S310  # our own
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return {"status": error.code, "type": error.headers["Content-Type"], **json.load(error)}


def test_the_machines_door_hands_on_the_certificate_and_nothing_the_client_claims(doors):
    answer = ask(doors, doors.machines_listen, "/v1/disk-key", with_certificate=True)

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
    assert ask(doors, doors.machines_listen, "/v1/disk-key", with_certificate=True)["door"] == "machines-sensors"
    assert ask(doors, doors.machines_listen, "/v1/gateway/state", with_certificate=True)["door"] == "machines-gateways"
    assert (
        ask(doors, doors.machines_listen, "/v1/gateway/observed", with_certificate=True)["door"] == "machines-reports"
    )


def test_no_certificate_is_a_problem_with_a_reason(doors):
    answer = ask(doors, doors.machines_listen, "/v1/disk-key")

    assert answer["status"] == 403
    assert answer["type"] == "application/problem+json"
    assert answer["reason"] == "certificate-refused"


def test_the_machines_door_speaks_nothing_older_than_tls_1_3(doors):
    with pytest.raises(urllib.error.URLError, match=r"(?i)alert|version"):
        ask(doors, doors.machines_listen, "/v1/disk-key", with_certificate=True, tls="TLSv1_2")


def test_the_peoples_door_never_gets_a_client_certificate(doors):
    answer = ask(doors, doors.people_listen, "/", with_certificate=True)

    headers = answer["headers"]
    assert isinstance(headers, dict)
    assert answer["door"] == "people"
    assert "X-Client-Certificate" not in headers
    assert headers["X-Real-IP"] == headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "https"
    assert not {"Forwarded", "X-Forwarded-Host"} & set(headers)


def test_a_name_that_nobody_filled_in_is_an_error():
    with pytest.raises(KeyError, match="NGINX_USER"):
        fill_in("user ${NGINX_USER};", {})


@pytest.mark.parametrize("value", ["www-data; load_module /tmp/x", "a\nb", "{", "", "a b"])
def test_a_value_cannot_become_a_directive(value):
    with pytest.raises(LaboratoryError, match="NGINX_USER"):
        fill_in("user ${NGINX_USER};", {"NGINX_USER": value})


def test_envsubst_as_the_template_tells_gives_the_same(tmp_path):
    names = {f"NGINX_{name}": f"/x/{name.lower()}" for name in _names()}
    command = next(line for line in TEMPLATE.read_text().splitlines() if "envsubst" in line).lstrip("# ")
    shell = command.replace("nginx.conf.template", str(TEMPLATE)).replace("> nginx.conf", "")
    filled = subprocess.run(
        ["sh", "-c", shell], env={"PATH": os.environ["PATH"], **names}, capture_output=True, text=True, check=True
    )

    without_comments = [line for line in filled.stdout.splitlines() if not line.lstrip().startswith("#")]
    assert "\n".join(without_comments) + "\n" == fill_in(TEMPLATE.read_text(), names)


def _names() -> set[str]:
    words = TEMPLATE.read_text().split("${NGINX_")[1:]
    return {word.split("}")[0] for word in words}
