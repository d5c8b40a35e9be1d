"""When an address left the gateway's firewall, as the kernel tells it: neither the agent nor the portal is asked."""

import queue
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lab.namespaces import Namespace


class FirewallWatch:
    """Listens to `nft monitor` in the gateway's namespace."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: queue.SimpleQueue[tuple[float, str]] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def wait_until_closed(self, address: str, *, timeout: float = 30) -> float:
        """The moment (time.monotonic) at which the address was deleted. Raises TimeoutError."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                at, line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line.startswith("delete element inet nsmaas sensors") and f" {address} " in line:
                return at
        raise TimeoutError(f"the gateway's firewall did not close for {address} within {timeout:g} s")

    def _read(self) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                self._lines.put((time.monotonic(), line))


@contextmanager
def watching_firewall(host: Namespace) -> Iterator[FirewallWatch]:
    """Listen while the block lasts."""
    # All changes of elements: since nft 1.0.7 `destroy` is a command, which `monitor` no longer takes.
    command = host.enter(["nft", "monitor", "elements"])
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        yield FirewallWatch(process)
    finally:
        process.kill()
        process.wait()
