"""Calls that wait, kept few: whoever calls often, or hangs up, holds no thread that another gateway needs."""

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest

# Of the threads of one process (`--threads` of nsmaas-machines-gateways.service), so that some are left for what does
# not wait. Each gateway has two calls that wait; what finds no place is answered at once, and asked again.
MOST = 48
LONGEST_WAIT = 60  # seconds
LOOK_FOR_CLIENT = 0.5  # seconds


@dataclass(eq=False, slots=True)
class WaitingCall:
    """Goes on while no newer call of its kind has come from the same gateway and its client is there."""

    request: HttpRequest
    is_ended: bool = False
    _looked_at: float = field(default_factory=time.monotonic)

    def goes_on(self) -> bool:
        if time.monotonic() > self._looked_at + LOOK_FOR_CLIENT:
            self._looked_at = time.monotonic()
            self.is_ended = self.is_ended or _has_hung_up(self.request.META.get("gunicorn.socket"))
        return not self.is_ended


class WaitingCalls:
    """Those of one process."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, threading.Lock()
        self._calls: dict[tuple[str, UUID], WaitingCall] = {}
        self._waiting = 0

    @contextmanager
    def one_of(self, *, kind: str, gateway: UUID, request: HttpRequest) -> Iterator[WaitingCall | None]:
        """The place of this call, which ends an older one; None when all places are taken."""
        call = WaitingCall(request)
        with self._lock:
            if older := self._calls.get((kind, gateway)):
                older.is_ended = True
            has_place = self._waiting < self._most
            if has_place:
                self._calls[kind, gateway] = call
                self._waiting += 1
        try:
            yield call if has_place else None
        finally:
            with self._lock:
                self._waiting -= has_place
                if self._calls.get((kind, gateway)) is call:
                    del self._calls[kind, gateway]


# One for the process: calls of all kinds share the places.
WAITING = WaitingCalls()


def _has_hung_up(connection: Any) -> bool:
    """Of the proxy's connection, which it closes when its own client has gone."""
    if not isinstance(connection, socket.socket):
        return False
    try:
        ready, _, _ = select.select([connection], [], [], 0)
        return bool(ready) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True
