"""Network namespaces joined by virtual cables and bridges. Nothing is made in the root namespace."""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LaboratoryError
from lab.waiting import wait_until

DIRECTORY = Path("/run/netns")


def run_tool(command: Sequence[str], *, given: str = "", timeout: float = 20) -> str:
    """Run a tool to its end and return what it printed; LaboratoryError with its words if it failed."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode != 0:
        raise LaboratoryError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
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
        _end_processes_in(path.name)
        subprocess.run(["ip", "netns", "delete", path.name], capture_output=True, check=False)


def _end_processes_in(name: str) -> None:
    def is_empty() -> bool:
        # The namespace is ours alone, so everything in it was started by us or by what we started.
        listed = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False)
        for pid in listed.stdout.split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                continue
        return not listed.stdout.strip()

    wait_until(is_empty, what=f"the processes in {name} to end", timeout=5)
