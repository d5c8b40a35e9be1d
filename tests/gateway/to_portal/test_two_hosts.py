"""A portal of two hosts under one name: the agent goes to the other one, whatever is wrong with the first."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from gateway.to_portal import door_addresses, portal_client
from gateway.to_portal.door_addresses import Address, DoorAddresses
from gateway.to_portal.portal_client import PortalClient, PortalUnreachable, make_tls_context
from gateway.to_portal.portal_threads import Message, StateArrived, StatePoller
from tests.support.authority import make_authority
from tests.support.waiting import BUSY, wait_until

ONE, OTHER = "127.0.0.1", "127.0.0.2"
# What the agent may take to be at the other host, with everything else on the machine quiet.
SOON = 3.0
STATE = b'{"generation": 7, "full": true, "config": null, "sensors": []}'


class OneOfTwo:
    """One of the portal's hosts. `how`: `well`, `unable` (503), `hangs` (takes the request, never answers)."""

    def __init__(self, address: str, port: int, context: ssl.SSLContext) -> None:
        self.how, self.asked, self.began = "well", 0, threading.Event()
        self.ended = threading.Event()
        self.connections: list[socket.socket] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host.connections.append(self.connection)
                host.asked += 1
                host.began.set()
                if host.how == "hangs":
                    host.ended.wait()
                    self.close_connection = True
                    return
                if "wait=1" in self.path:
                    time.sleep(1)
                body = STATE if host.how == "well" else b"{}"
                self.send_response(200 if host.how == "well" else 503)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("X-Host", address)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer((address, port), Handler)
        self._server.daemon_threads, self._server.block_on_close = True, False
        self.port = self._server.server_port
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def die(self) -> None:
        """Its kernel still answers: connections are reset, new ones refused."""
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        for one in self.connections:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class BothHosts:
    def __init__(self, folder: Path, context: ssl.SSLContext) -> None:
        self.one = OneOfTwo(ONE, 0, context)
        self.other = OneOfTwo(OTHER, self.one.port, context)
        self.found: list[Address] = [(ONE, self.one.port), (OTHER, self.one.port)]
        self.folder = folder

    def client(self) -> PortalClient:
        """The certificates are for one name, whichever the address."""
        addresses = DoorAddresses(ONE, self.one.port, find=lambda *_: list(self.found))
        context = partial(make_tls_context, ca_file=self.folder / "ca.crt")
        return PortalClient(f"https://{ONE}:{self.one.port}", context, addresses=addresses)


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BothHosts]:
    monkeypatch.setattr("gateway.to_portal.door_addresses.random.shuffle", lambda _: None)
    authority = make_authority()
    door = authority.issue("door", server=True)
    for name, text in (("ca.crt", authority.pem), ("door.crt", door.certificate), ("door.key", door.key)):
        (tmp_path / name).write_text(text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "door.crt", tmp_path / "door.key")
    made = BothHosts(tmp_path, context)
    yield made
    for host in (made.one, made.other):
        host.die()


def ask(client: PortalClient, *, tries: int = 4) -> tuple[str, float]:
    """Which host answers in the end, and after how many seconds; a try that fails is followed by another at once."""
    began = time.monotonic()
    for _ in range(tries):
        with contextlib.suppress(PortalUnreachable):
            answer = client.ask("GET", "/state?wait=0")
            if answer.status == 200:
                return answer.headers["x-host"], time.monotonic() - began
    raise AssertionError("nobody answers")


def test_it_stays_at_one_host_while_that_is_well(portal: BothHosts):
    client = portal.client()
    assert {ask(client)[0] for _ in range(5)} == {ONE}
    assert portal.other.asked == 0


def test_a_host_that_has_ended_is_left_at_once(portal: BothHosts):
    client = portal.client()
    ask(client)
    portal.one.die()
    host, seconds = ask(client, tries=1)
    assert host == OTHER
    assert seconds < SOON * BUSY


def test_a_host_that_is_not_ready_is_asked_once(portal: BothHosts):
    client = portal.client()
    portal.one.how = "unable"
    assert client.ask("GET", "/state?wait=0").status == 503
    assert ask(client, tries=1)[0] == OTHER
    assert ask(client, tries=1)[0] == OTHER
    assert portal.one.asked == 1


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_host_that_takes_the_request_and_never_answers_is_left(portal: BothHosts, *, is_kept: bool):
    client = portal.client()
    if is_kept:
        ask(client)
    portal.one.how = "hangs"
    host, seconds = ask(client, tries=2)
    assert host == OTHER
    assert seconds < SOON * BUSY


def silent_listener(address: str) -> socket.socket:
    """It takes connections and never says a word: a kernel whose programs have stopped."""
    listener = socket.socket()
    listener.bind((address, 0))
    listener.listen(8)
    return listener


def test_a_host_whose_kernel_alone_answers_is_left(portal: BothHosts):
    with silent_listener("127.0.0.3") as silent:
        portal.found = [silent.getsockname(), (OTHER, portal.one.port)]
        host, seconds = ask(portal.client(), tries=1)
    assert host == OTHER
    assert seconds < SOON * BUSY


def test_a_host_that_swallows_packets_is_left(portal: BothHosts):
    """No refusal comes back. Here by a listener whose queue is full, to which the kernel does the same."""
    with silent_listener("127.0.0.3") as silent, contextlib.ExitStack() as crowd:
        silent.listen(0)
        for _ in range(4):
            one = crowd.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(silent.getsockname())
        portal.found = [silent.getsockname(), (OTHER, portal.one.port)]
        client = portal.client()
        host, seconds = ask(client, tries=1)
        assert host == OTHER
        assert 1 < seconds < SOON * BUSY
        assert ask(client, tries=1)[1] < 1 * BUSY


def test_a_host_whose_certificate_is_not_for_the_name_is_left(portal: BothHosts, tmp_path: Path):
    stranger = make_authority().issue("door")
    (tmp_path / "stranger.crt").write_text(stranger.certificate)
    (tmp_path / "stranger.key").write_text(stranger.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "stranger.crt", tmp_path / "stranger.key")
    host = OneOfTwo("127.0.0.3", 0, context)
    portal.found = [("127.0.0.3", host.port), (OTHER, portal.one.port)]
    assert ask(portal.client(), tries=1)[0] == OTHER
    assert host.asked == 0
    host.die()


def test_hosts_that_are_both_slow_are_given_more_time(portal: BothHosts, monkeypatch: pytest.MonkeyPatch):
    """Else a busy portal would be asked again and again, and never be heard."""
    monkeypatch.setattr(portal_client, "LEAST_PATIENCE_SECONDS", 0.3)
    client = portal.client()
    portal.one.how = portal.other.how = "hangs"
    patience = []
    for _ in range(4):
        began = time.monotonic()
        with pytest.raises(PortalUnreachable):
            client.ask("GET", "/state?wait=0", seconds=5)
        patience.append(time.monotonic() - began)
    assert patience[3] > patience[0] + 0.2


def test_when_both_are_gone_nobody_is_asked_twice_in_one_call(portal: BothHosts):
    tried: list[Any] = []
    connect = socket.create_connection
    portal.one.die()
    portal.other.die()

    def note(address: Address, **options: Any) -> socket.socket:
        tried.append(address)
        return connect(address, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "create_connection", note)
        with pytest.raises(PortalUnreachable):
            portal.client().ask("GET", "/state?wait=0")
    assert tried == portal.found


def test_while_the_name_cannot_be_looked_up_the_known_addresses_stay_good(monkeypatch: pytest.MonkeyPatch):
    answers: list[Any] = [[(ONE, 1), (OTHER, 1)], OSError("no name server"), [(OTHER, 1)]]
    monkeypatch.setattr(door_addresses, "LOOK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(door_addresses, "PATIENCE_SECONDS", 0.2)

    def find(*_: object) -> list[Address]:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return list(answer)

    addresses = DoorAddresses("portal.example", 1, find=find)
    first = addresses.in_order()
    assert sorted(first) == [(ONE, 1), (OTHER, 1)]
    assert addresses.in_order() == first
    assert addresses.in_order() == [(OTHER, 1)]


def test_the_wait_for_news_is_short_enough_to_notice_a_host_that_falls_silent(portal: BothHosts):
    """The news may be at the other host: a cut-off waits for nobody."""
    arrived: list[Message] = []
    poller = StatePoller(portal.client(), arrived.append)
    poller.applied(0)
    poller.start()
    wait_until(lambda: arrived, seconds=10, what="the first state")
    portal.one.how = "hangs"
    began = time.monotonic()
    poller.applied(7)
    wait_until(lambda: portal.other.asked, seconds=10, what="the other host to be asked")
    assert time.monotonic() - began < SOON * BUSY
    wait_until(lambda: isinstance(arrived[-1], StateArrived), seconds=10, what="its answer")


def test_with_one_address_alone_it_waits_as_long_as_ever(portal: BothHosts):
    portal.found = portal.found[:1]
    assert portal.client().longest_wait(50) == 50
