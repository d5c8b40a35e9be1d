"""A portal's host: a bare Debian under systemd, with base's address, to whose terminal somebody types."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.checkout import CHECKOUT
from tests.support.installation.debian_root import host_root
from tests.support.installation.operated_machine import OperatedMachine

NAME, ADDRESS, GATEWAY = "portal.example.org", "10.20.0.10", "10.20.0.1"
ADMINISTRATOR = "ada@example.org"


class PortalMachine(OperatedMachine):
    namespace = ""

    def shown_issuer(self) -> str:
        """Who made the certificate that the people's door shows, and its number."""
        return self.shell(
            "openssl s_client -connect 127.0.0.1:443 </dev/null 2>/dev/null | openssl x509 -noout -issuer -serial"
        )

    @contextmanager
    def steady_visitor(self) -> Iterator[dict[str, Any]]:
        """At the door all the while. What was seen stands in the dictionary afterwards."""
        seen: dict[str, Any] = {}
        visitor = subprocess.Popen(
            [*self.in_its_network(), sys.executable, "-m", "tests.support.installation.steady_visitor", ADDRESS],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield seen
        finally:
            said, _ = visitor.communicate(timeout=60)
        seen |= json.loads(said)

    def call(self, *words: str) -> str:
        """What curl, which is not installed there, prints in its network. Empty if nobody answers."""
        command = [*self.in_its_network(), "curl", "--silent", "--max-time", "10", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def in_its_network(self) -> list[str]:
        return ["nsenter", f"--net=/run/netns/{self.namespace}"]

    def sign_in(self, link_or_secret: str) -> tuple[str, str]:
        """In the host's network, as the first administrator. Where that ends, and the second factor's secret."""
        certificate = self.root / "etc/nsmaas/door/people.crt"
        program = [sys.executable, "-m", "tests.support.installation.first_sign_in"]
        done = subprocess.run(
            [
                *self.in_its_network(),
                *program,
                ADDRESS,
                certificate,
                link_or_secret,
                ADMINISTRATOR,
            ],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        where, secret = done.stdout.strip().splitlines()
        return where, secret


@contextmanager
def portal_machine(
    release: str, folder: Path, *, binds: dict[Path, str], after: Path | None = None
) -> Iterator[PortalMachine]:
    """Running; with an address at base, and no way out. With `after` it begins as an earlier one, which has ended."""
    name = f"nsm-portal-{os.getpid()}-{release}"
    with host_root(release, folder, after=after) as root:
        subprocess.run(["ip", "netns", "add", name], check=True)
        machine = PortalMachine(root, name=name, binds=binds)
        machine.namespace = name
        try:
            for line in ("link set lo up", f"address add {ADDRESS}/24 dev lo"):
                subprocess.run(["ip", "-n", name, *line.split()], check=True)
            machine.boot(name)
            yield machine
        finally:
            machine.power_off()
            subprocess.run(["ip", "netns", "delete", name], check=True)


@contextmanager
def gateway_beside(
    portal: PortalMachine, release: str, folder: Path, *, binds: dict[Path, str]
) -> Iterator[OperatedMachine]:
    """A bare host that runs, at base beside the portal, whose self-signed certificate it trusts."""
    name = f"nsm-gw-{os.getpid()}-{release}"
    with host_root(release, folder) as root:
        subprocess.run(["ip", "netns", "add", name], check=True)
        machine = OperatedMachine(root, name=name, binds=binds)
        try:
            for line in (
                f"-n {name} link set lo up",
                f"-n {name} link add base type veth peer name gateway netns {portal.namespace}",
                f"-n {name} address add {GATEWAY}/24 dev base",
                f"-n {name} link set base up",
                f"-n {portal.namespace} link set gateway up",
                f"-n {portal.namespace} route add {GATEWAY} dev gateway src {ADDRESS}",
            ):
                subprocess.run(["ip", *line.split()], check=True)
            with (root / "etc/hosts").open("a") as hosts:
                hosts.write(f"{ADDRESS} {NAME}\n")
            shutil.copy(portal.root / "etc/nsmaas/door/people.crt", root / "usr/local/share/ca-certificates/portal.crt")
            machine.boot(name)
            machine.shell("update-ca-certificates")
            yield machine
        finally:
            machine.power_off()
            subprocess.run(["ip", "netns", "delete", name], check=True)
