"""The addresses of the portal's name, one for each of its hosts: whom to ask first, and whom last after a failure."""

import queue
import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

Address = tuple[str, int]
Resolve = Callable[[str, int], list[Address]]

LOOK_AGAIN_SECONDS = 30.0
# After a failure: the name may have got another address.
LOOK_SOON_SECONDS = 5.0
# A name server that has gone with one of the hosts must not keep the agent from the other.
PATIENCE_SECONDS = 1.0


def resolve(host: str, port: int) -> list[Address]:
    """Each address once, with its port. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((str(one[4][0]), port) for one in found))


class DoorAddresses:
    """Not for use from two threads: each thread of the agent finds out by itself who answers."""

    def __init__(self, host: str, port: int, *, find: Resolve = resolve) -> None:
        self._host, self._port, self._find = host, port, find
        self._known: list[Address] = []
        self._looked_at = float("-inf")
        self._has_failed = False

    def in_order(self) -> list[Address]:
        """The one to ask first comes first. Raises OSError while the name has never had an address."""
        pause = LOOK_SOON_SECONDS if self._has_failed else LOOK_AGAIN_SECONDS
        if time.monotonic() >= self._looked_at + pause:
            self._look()
        return list(self._known)

    def put_last(self, address: Address) -> None:
        """It has failed: all others are asked before it."""
        self._has_failed = True
        if address in self._known:
            self._known.remove(address)
            self._known.append(address)

    def _look(self) -> None:
        found = self._find(self._host, self._port) if not self._known else self._find_in_time()
        self._looked_at, self._has_failed = time.monotonic(), False
        if found:
            fresh = [address for address in found if address not in self._known]
            # Gateways that begin together share the hosts between them.
            random.shuffle(fresh)
            self._known = [address for address in self._known if address in found] + fresh

    def _find_in_time(self) -> list[Address]:
        """Empty if the name cannot be looked up now: the addresses that are known stay good."""
        answer: queue.SimpleQueue[list[Address]] = queue.SimpleQueue()

        def ask() -> None:
            with suppress(OSError):
                answer.put(self._find(self._host, self._port))

        threading.Thread(target=ask, name="name-lookup", daemon=True).start()
        try:
            return answer.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            return []
