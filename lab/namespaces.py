"""Network namespaces joined by virtual cables and bridges. Nothing is made in the root namespace."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LaboratoryBroken
from lab.waiting import wait_until

DIRECTORY = Path("/run/netns")


def run_tool(command: Sequence[str], *, given: str = "", timeout: float = 20) -> str:
    """Run a tool to its end and return what it printed; LaboratoryBroken with its words if it failed."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode != 0:
        raise LaboratoryBroken(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


@dataclass(frozen=True)
class Namespace:
    """One host of the laboratory: a network stack of its own on the machine's own files."""

    name: str

    def enter(self, command: Sequence[str]) -> list[str]:
        """Return the command that runs `command` in here, with the same process id.

        Not `ip netns exec`, which also gives it a mount namespace of its own.
        """
        return ["nsenter", f"--net={DIRECTORY / self.name}", *command]

    def run(self, *command: str, given: str = "", timeout: float = 20) -> str:
        """Run a tool in here to its end and return what it printed."""
        return run_tool(self.enter(command), given=given, timeout=timeout)

    def ip(self, *lines: str) -> None:
        """Apply several lines of ip(8), without the word `ip`."""
        run_tool(["ip", "-n", self.name, "-batch", "-"], given="\n".join(lines) + "\n")

    def set_kernel_option(self, name: str, value: str) -> None:
        """Set a sysctl of this network stack, for instance `net/ipv4/ip_forward`."""
        self.run("tee", f"/proc/sys/{name}", given=value)


class Network:
    """All namespaces of one run. Use it as a context manager; leaving it destroys them."""

    def __init__(self, prefix: str) -> None:
        """Prepare a network whose namespaces all have this prefix."""
        self.prefix = prefix
        self.hosts: dict[str, Namespace] = {}

    def __enter__(self) -> "Network":
        return self

    def __exit__(self, *_: object) -> None:
        destroy_namespaces(self.prefix)

    def add_host(self, name: str) -> Namespace:
        """Make a namespace with its loopback up."""
        host = Namespace(f"{self.prefix}{name}")
        run_tool(["ip", "netns", "add", host.name])
        self.hosts[name] = host
        host.ip("link set lo up")
        return host

    def join(self, one: Namespace, interface: str, other: Namespace, other_interface: str) -> None:
        """Lay a cable between two hosts. It is made inside, so the root namespace never sees it."""
        one.ip(
            f"link add {interface} type veth peer name {other_interface} netns {other.name}",
            f"link set {interface} up",
        )
        other.ip(f"link set {other_interface} up")

    def plug(self, host: Namespace, interface: str, into: Namespace, *, bridge: str, port: str) -> None:
        """Lay a cable from a host to a bridge of another."""
        self.join(host, interface, into, port)
        into.ip(f"link set {port} master {bridge}")


def destroy_namespaces(prefix: str) -> None:
    """Remove all namespaces with this prefix, ending whatever still runs in them."""
    if not DIRECTORY.is_dir():
        return
    for path in sorted(DIRECTORY.glob(f"{prefix}*")):
        inside = _identity(path)
        # The name goes first: from then on nobody can come in, and a program on the way has it open already.
        subprocess.run(["ip", "netns", "delete", path.name], capture_output=True, check=False)
        if inside is not None:
            _end_processes_in(inside, path.name)


_Identity = tuple[int, int]


def _identity(path: Path) -> _Identity | None:
    """Of a network stack, by whatever leads to it; None for what is gone or not ours to see."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _end_processes_in(inside: _Identity, name: str) -> None:
    def is_empty() -> bool:
        # The namespace is ours alone, so everything in it was started by us or by what we started.
        found = [process for process in Path("/proc").glob("[0-9]*") if _is_bound_for(process, inside)]
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)
        return not found

    wait_until(is_empty, what=f"the processes in {name} to end", timeout=5)


def _is_bound_for(process: Path, inside: _Identity) -> bool:
    """It runs inside, or it holds the door open to enter next, as nsenter does for a moment."""
    if process.name == str(os.getpid()):
        return False
    try:
        doors = [process / "ns/net", *(process / "fd").iterdir()]
    except OSError:
        return False
    return any(_identity(door) == inside for door in doors)
