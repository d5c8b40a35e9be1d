"""What really arrives at a host: a capture on its device, out of the reach of any firewall and program there."""

import contextlib
import ipaddress
import socket
import threading
import time
from types import TracebackType

from tests.gateway.network import enter_namespace

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


class Witness:
    """Notes each IPv4 packet that comes in at `host`, on any of its devices, from the address `source`."""

    def __init__(self, host: str, source: str) -> None:
        self.seen: list[float] = []
        self._source = ipaddress.IPv4Address(source).packed
        self._socket = _socket_in(host, socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self._socket.settimeout(0.2)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._ends = False

    def __enter__(self) -> "Witness":
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._ends = True
        self._thread.join()
        self._socket.close()

    def _watch(self) -> None:
        while not self._ends:
            with contextlib.suppress(TimeoutError, OSError):
                data, (_, _, packet_type, *_) = self._socket.recvfrom(2048)
                if packet_type != socket.PACKET_OUTGOING and data[:1] == b"\x45" and data[12:16] == self._source:
                    self.seen.append(time.monotonic())


class Sender:
    """Sends a datagram from one address to another every few milliseconds, whatever becomes of it."""

    def __init__(self, host: str, source: str, to: str) -> None:
        self._socket = _socket_in(host, socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        self._socket.bind((source, 0))
        self._to = (to, PORT)
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._ends = False
        self.sent = 0

    def __enter__(self) -> "Sender":
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._ends = True
        self._thread.join()
        self._socket.close()

    def _send(self) -> None:
        while not self._ends:
            # An answer that it is forbidden comes back as an error of the next one.
            with contextlib.suppress(OSError):
                self._socket.sendto(b"from one customer to another", self._to)
            self.sent += 1
            time.sleep(APART_SECONDS)
