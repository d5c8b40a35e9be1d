"""Whether traffic still comes out of a box's tunnel, seen on the wire between gateway and box."""

import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from lab.namespaces import Namespace
from lab.portal import CHECKOUT
from lab.waiting import wait_until

# Longer than any pause between two probes that was seen on a busy machine.
SILENCE = 0.3


class TunnelWitness:
    """Sends probes from base and notes when one of them last reached a box."""

    def __init__(self, sender: subprocess.Popen[str], watcher: subprocess.Popen[str]) -> None:
        self._sender, self._watcher = sender, watcher
        self._last: dict[int, float] = defaultdict(float)
        threading.Thread(target=self._read, daemon=True).start()

    def probe(self, address: str, port: int) -> None:
        """Begin with a box; returns when probes reach it. Raises LaboratoryBroken if none does."""
        if self._sender.stdin is None:
            raise RuntimeError("the sender's input is not connected")
        self._sender.stdin.write(f"{address}\n")
        self._sender.stdin.flush()
        began = time.monotonic()
        wait_until(
            lambda: self._last[port] > began + 0.05, what=f"probes to reach {address}", timeout=10, interval=0.005
        )

    def last_seen(self, port: int) -> float:
        """The moment (time.monotonic) of the last datagram to this box."""
        return self._last[port]

    def is_silent(self, port: int) -> bool:
        return time.monotonic() - self._last[port] > SILENCE

    def _read(self) -> None:
        if self._watcher.stdout is not None:
            for line in self._watcher.stdout:
                moment, port = line.split()
                self._last[int(port)] = int(moment) / 1e9


@contextmanager
def tunnel_witness(*, base: Namespace, boxes: Namespace, gateway: str, port: int) -> Iterator[TunnelWitness]:
    """While the block lasts."""
    program = [sys.executable, "-m", "bench.wire"]
    sender = subprocess.Popen(base.enter([*program, "send"]), cwd=CHECKOUT, stdin=subprocess.PIPE, text=True)
    watcher = subprocess.Popen(
        boxes.enter([*program, "watch", gateway, str(port)]), cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    try:
        yield TunnelWitness(sender, watcher)
    finally:
        for process in (sender, watcher):
            process.kill()
            process.wait()
