"""What really arrives at a host: a capture on its device, out of the reach of any firewall and program there."""

import contextlib
import ipaddress
import socket
import threading
import time
from types import TracebackType
from typing import Self

from tests.support.gateway.network import enter_namespace

ETH_P_ALL = 0x0003
APART_SECONDS = 0.005
PORT = 5555
IP_FREEBIND = 15  # linux/in.h: for an address that the host has only while its tunnel is up


def _socket_in(host: str, family: int, kind: int, protocol: int = 0) -> socket.socket:
    leave = enter_namespace(host)
    try:
        return socket.socket(family, kind, protocol)
    finally:
        leave()


class _Beside:
    """Goes on beside the test until the end of the `with` block."""

    def __init__(self, made: socket.socket) -> None:
        self._socket = made
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._ends = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._ends = True
        self._thread.join()
        self._socket.close()

    def _go_on(self) -> None:
        while not self._ends:
            # Nothing came, or it was answered to the last one that it is forbidden.
            with contextlib.suppress(OSError):
                self._do_once()

    def _do_once(self) -> None:
        raise NotImplementedError


class Witness(_Beside):
    """Notes each IPv4 packet that comes in at `host`, on any of its devices, from the address `source`."""

    def __init__(self, host: str, source: str) -> None:
        super().__init__(_socket_in(host, socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL)))
        self._socket.settimeout(0.2)
        self._source = ipaddress.IPv4Address(source).packed
        self.seen: list[float] = []

    def _do_once(self) -> None:
        data, (_, _, packet_type, *_) = self._socket.recvfrom(2048)
        if packet_type != socket.PACKET_OUTGOING and data[:1] == b"\x45" and data[12:16] == self._source:
            self.seen.append(time.monotonic())


class Sender(_Beside):
    """Sends a datagram from one address to another every few milliseconds, whatever becomes of it."""

    def __init__(self, host: str, source: str, to: str) -> None:
        super().__init__(_socket_in(host, socket.AF_INET, socket.SOCK_DGRAM))
        self._socket.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        self._socket.bind((source, 0))
        self._to = (to, PORT)
        self.sent = 0

    def _do_once(self) -> None:
        time.sleep(APART_SECONDS)
        self.sent += 1
        self._socket.sendto(b"from one customer to another", self._to)
