"""A portal's host: a bare Debian under systemd, with base's address, to whose terminal somebody types."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.installation.debian_root import host_root
from tests.support.installation.operated_machine import OperatedMachine

NAME, ADDRESS, GATEWAY = "portal.example.org", "10.20.0.10", "10.20.0.1"


class PortalMachine(OperatedMachine):
    namespace = ""


@contextmanager
def portal_machine(release: str, folder: Path, *, binds: dict[Path, str]) -> Iterator[PortalMachine]:
    """Running; with an address at base, and no way out."""
    name = f"nsm-portal-{os.getpid()}-{release}"
    with host_root(release, folder) as root:
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
