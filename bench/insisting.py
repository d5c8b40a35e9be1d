"""Somebody with one good certificate who leaves the machines' door no peace."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.namespaces import Namespace
from lab.topology import BASE_INSIDE

# Seconds.
PATIENCE = 30
CLIENT = Path(__file__).parent / "insistent_client.py"


@dataclass(frozen=True)
class Call:
    """One kind of call, by so many connections at once, so often a second in all."""

    method: str
    path: str
    per_second: int
    connections: int
    body: str = ""
    port: int = 8443


class Insisting:
    """What was answered until now, by status; 0 is a connection that was ended."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.processes: list[subprocess.Popen[str]] = []
        self.answered: Counter[str] = Counter()
        self.seconds = 0

    def wait_for_answers(self, process: subprocess.Popen[str]) -> None:
        """Raises RuntimeError if there are none for long."""
        for _ in range(PATIENCE):
            line = process.stdout.readline() if process.stdout else ""
            if any(status != "0" for status in json.loads(line or "{}")):
                return
        raise RuntimeError("a client that should insist gets no answer")

    def end(self) -> None:
        """Read what was said meanwhile, after the clients have been killed."""
        for process in self.processes:
            process.kill()
            lines = process.communicate()[0].splitlines()
            self.seconds = max(self.seconds, len(lines))
            for line in lines:
                self.answered.update(json.loads(line))

    @property
    def per_second(self) -> float:
        """Calls that got an answer."""
        return sum(times for status, times in self.answered.items() if status != "0") / max(self.seconds, 1)


@contextmanager
def insisting(host: Namespace, pem: Path, calls: list[Call]) -> Iterator[Insisting]:
    """All kinds at once; whatever happens, they have ended afterwards. Begins when each has had its first second."""
    found = Insisting()
    with ExitStack() as stack:
        stack.callback(found.end)
        for call in calls:
            often = (str(call.connections), str(call.per_second))
            what = (BASE_INSIDE, str(call.port), *often, call.method, call.path, call.body)
            command = host.enter([sys.executable, str(CLIENT), str(pem), *what])
            found.processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        for process in found.processes:
            found.wait_for_answers(process)
        yield found
