"""A real ACME server (Pebble) in the network of an installed host, which comes to the host's port 80 to look."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.authority import make_authority
from tests.support.installation.portal_machine import ADDRESS, PortalMachine
from tests.support.waiting import wait_until

URL = "https://127.0.0.1:14000/dir"
# Where the host finds the authority by which the server itself is known.
AUTHORITY = "/var/tmp/acme-authority.crt"
_NAMES_AT = "127.0.0.1:8053"


class AcmeServer:
    """`start` and `stop` as often as wanted. A server that was started again knows of no account and no certificate."""

    def __init__(self, machine: PortalMachine, folder: Path) -> None:
        self._machine, self._folder = machine, folder
        folder.mkdir()
        authority = make_authority()
        (machine.root / AUTHORITY.lstrip("/")).write_text(authority.pem)
        issued = authority.issue("acme", server=True)
        (folder / "server.crt").write_text(issued.certificate)
        (folder / "server.key").write_text(issued.key)
        settings = {
            "listenAddress": "127.0.0.1:14000",
            "managementListenAddress": "127.0.0.1:15000",
            "certificate": str(folder / "server.crt"),
            "privateKey": str(folder / "server.key"),
            "httpPort": 80,
            "tlsPort": 443,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
        }
        (folder / "pebble.json").write_text(json.dumps({"pebble": settings}))
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        # Whatever name it asks for is the host.
        names = ["pebble-challtestsrv", "-defaultIPv4", ADDRESS, "-defaultIPv6", "", "-dns01", _NAMES_AT]
        names += ["-http01", "", "-https01", "", "-tlsalpn01", "", "-management", "127.0.0.1:8055"]
        server = ["pebble", "-config", str(self._folder / "pebble.json"), "-dnsserver", _NAMES_AT]
        for command in (names, server):
            with (self._folder / f"{command[0]}.log").open("ab") as log:
                self._processes.append(
                    subprocess.Popen(
                        [*self._machine.in_its_network(), *command],
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        # It looks each time, at once.
                        env={**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_AUTHZREUSE": "0"},
                    )
                )
        wait_until(self._answers, seconds=20, what=f"Pebble answers; see {self._folder}")

    def stop(self) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
        self._processes.clear()

    def _answers(self) -> bool:
        assert all(process.poll() is None for process in self._processes), f"Pebble has ended: see {self._folder}"
        return '"newOrder"' in self._machine.call("--insecure", URL)


@contextmanager
def acme_server(machine: PortalMachine, folder: Path) -> Iterator[AcmeServer]:
    """Not started."""
    server = AcmeServer(machine, folder)
    try:
        yield server
    finally:
        server.stop()
