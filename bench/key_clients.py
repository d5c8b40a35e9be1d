"""Boxes that ask for their disk keys: `ab`, one process for each, with its own certificate and source address.

Each request is a TLS connection of its own with a full mutual handshake. `ab` is in C and does not verify the server's
certificate, so that of the machine's two cores as much as possible is left to what is measured.
"""

import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.rows import percentile
from lab.namespaces import Namespace

MOST_REQUESTS = 50_000


@dataclass(frozen=True)
class KeyClient:
    """One box: a PEM file with certificate and key, and the address that it asks from."""

    pem: Path
    address: str


@dataclass(frozen=True)
class Asked:
    """What came of it. Times are `ab`'s, in whole milliseconds, handshake included."""

    requests: int
    per_second: float
    failed: int  # without an answer
    refused: int  # with another answer than a key, also if it only says when to ask again
    milliseconds: list[int]
    client_cpu_ms: float

    def percentile(self, percent: float) -> float:
        return percentile(self.milliseconds, percent)


class Asking:
    """All of them at once, each with one request at a time, without a pause."""

    def __init__(self, host: Namespace, clients: Sequence[KeyClient], url: str, seconds: int, folder: Path) -> None:
        """Start them. They end by themselves after so many seconds, or at `stop`."""
        self._folder = folder
        empty = folder / "empty"
        empty.touch()
        self._started = []
        for number, client in enumerate(clients):
            command = [
                *("ab", "-q", "-l", "-c", "1", "-t", str(seconds), "-n", str(MOST_REQUESTS)),
                *("-f", "TLS1.3", "-E", str(client.pem), "-B", client.address, "-p", str(empty)),
                *("-g", str(self._times(number)), url),
            ]
            self._started.append(
                subprocess.Popen(
                    host.enter(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
                )
            )

    def wait(self) -> Asked:
        """When all have ended. Raises RuntimeError with `ab`'s words if one could not work."""
        before = _children_cpu()
        outputs = [process.communicate()[0].decode(errors="replace") for process in self._started]
        cpu = _children_cpu() - before
        for output in outputs:
            # Its exit code says nothing: it is 1 when it was asked to stop. On a busy machine one of many may have got
            # no answer within its time, and then prints no rate.
            if "Complete requests" not in output:
                raise RuntimeError(f"ab failed:\n{output.strip()[-800:]}")
        requests = sum(int(_number(output, "Complete requests")) for output in outputs)
        if not requests:
            raise RuntimeError(f"No request was answered:\n{outputs[0].strip()[-800:]}")
        return Asked(
            requests=requests,
            per_second=sum(_number(output, "Requests per second") for output in outputs),
            failed=sum(int(_number(output, "Failed requests")) for output in outputs),
            refused=sum(int(_number(output, "Non-2xx responses")) for output in outputs),
            milliseconds=[ms for number in range(len(self._started)) for ms in self._read_times(number)],
            client_cpu_ms=cpu * 1000 / max(requests, 1),
        )

    def stop(self) -> None:
        """End what still runs; with SIGINT `ab` prints what it has got so far."""
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End what still runs, whatever it does."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait()

    def _times(self, number: int) -> Path:
        return self._folder / f"times-{number}"

    def _read_times(self, number: int) -> list[int]:
        path = self._times(number)
        lines = path.read_text().splitlines()[1:] if path.exists() else []
        # starttime, seconds, ctime, dtime, ttime, wait
        return [int(line.split("\t")[4]) for line in lines]


@contextmanager
def asking(host: Namespace, clients: Sequence[KeyClient], url: str, *, seconds: int) -> Iterator[Asking]:
    """The boxes, asking; whatever happens, they have ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="nsm-bench-") as folder:
        started = Asking(host, clients, url, seconds, Path(folder))
        try:
            yield started
        finally:
            started.kill()


def _number(output: str, what: str) -> float:
    found = re.search(rf"^{what}:\s+([0-9.]+)", output, re.MULTILINE)
    return float(found[1]) if found else 0.0


def _children_cpu() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
