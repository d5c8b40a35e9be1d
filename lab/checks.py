"""Questions to the running network: who reaches whom."""

import itertools
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from lab.namespaces import Namespace


def ping(host: Namespace, address: str, *, seconds: int = 1) -> bool:
    """Tell whether an address answers one of the pings of so many seconds."""
    command = host.enter(["ping", "-n", "-q", "-c", "1", "-i", "0.5", "-w", str(seconds), address])
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def reached_from(host: Namespace, addresses: Mapping[str, str], *, seconds: int = 3) -> dict[str, bool]:
    """Ping several named addresses from one host at once."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        answers = pool.map(lambda address: ping(host, address, seconds=seconds), addresses.values())
        return dict(zip(addresses, answers, strict=True))


def pairs_that_meet(hosts: Mapping[str, Namespace], addresses: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return every (from, to) among the hosts whose ping got through."""
    pairs = list(itertools.permutations(hosts, 2))
    with ThreadPoolExecutor(max_workers=16) as pool:
        answers = pool.map(lambda pair: ping(hosts[pair[0]], addresses[pair[1]]), pairs)
        return [pair for pair, met in zip(pairs, answers, strict=True) if met]
