"""Hosts as network namespaces on one bridge, with real OpenVPN in them."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

CLONE_NEWNET = 0x40000000


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def enter_namespace(host: str) -> Callable[[], None]:
    """Moves this thread, so that a socket made now belongs to `host`; the answer is the way back."""
    libc = ctypes.CDLL(None, use_errno=True)

    def move(path: str) -> None:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            if libc.setns(descriptor, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns", path)
        finally:
            os.close(descriptor)

    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    move(f"/run/netns/{host}")

    def leave() -> None:
        move(f"/proc/self/fd/{own}")
        os.close(own)

    return leave


class Network:
    """One 198.51.100.0/24 "internet"; every host is a namespace with its own address on it."""

    def __init__(self) -> None:
        self.prefix = f"nsmt-{os.getpid()}-"
        self.hosts: list[str] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self.middle = self._add_namespace("net")
        _run("ip", "-n", self.middle, "link", "add", "br0", "type", "bridge")
        _run("ip", "-n", self.middle, "link", "set", "br0", "up")

    def _add_namespace(self, name: str) -> str:
        host = self.prefix + name
        _run("ip", "netns", "add", host)
        self.hosts.append(host)
        _run("ip", "-n", host, "link", "set", "lo", "up")
        return host

    def add_host(self, name: str, address: str) -> str:
        host = self._add_namespace(name)
        port = f"v-{name}"
        _run(
            "ip",
            "-n",
            self.middle,
            "link",
            "add",
            port,
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            host,
        )
        _run("ip", "-n", self.middle, "link", "set", port, "master", "br0", "up")
        _run("ip", "-n", host, "address", "add", f"{address}/24", "dev", "eth0")
        _run("ip", "-n", host, "link", "set", "eth0", "up")
        return host

    def add_host_behind(self, name: str, router: str, *, network: str) -> str:
        """A host that has its only cable at the router's eth1: .1 is the router there, .10 the host."""
        host = self._add_namespace(name)
        peer = ("peer", "name", "eth0", "netns", host)
        _run("ip", "-n", router, "link", "add", "eth1", "type", "veth", *peer)
        for end, port, last in ((router, "eth1", 1), (host, "eth0", 10)):
            _run("ip", "-n", end, "address", "add", f"{network}.{last}/24", "dev", port)
            _run("ip", "-n", end, "link", "set", port, "up")
        _run("ip", "-n", host, "route", "add", "default", "via", f"{network}.1")
        return host

    def run(self, host: str, *command: str) -> str:
        return _run("ip", "netns", "exec", host, *command)

    def start(self, host: str, *command: str, log: Path, cwd: Path | None = None) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            process = subprocess.Popen(
                ["ip", "netns", "exec", host, *command], stdout=output, stderr=subprocess.STDOUT, cwd=cwd
            )
        self.processes.append(process)
        return process

    def close(self) -> None:
        """Ends every process first: a namespace with a process in it would live on without a name."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for host in reversed(self.hosts):
            subprocess.run(["ip", "netns", "delete", host], check=False, capture_output=True)
