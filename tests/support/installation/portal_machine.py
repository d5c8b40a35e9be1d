"""A portal's host: a bare Debian under systemd, with base's address, to whose terminal somebody types."""

import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.installation.debian_root import host_root
from tests.support.installation.machine import ENVIRONMENT, BootedMachine

ADDRESS = "10.20.0.10"
PATIENCE = 600  # of a machine that has other work, too


class PortalMachine(BootedMachine):
    namespace = ""

    def shell(self, script: str) -> str:
        """What it printed, on either channel. Raises RuntimeError."""
        status, said = self.try_shell(script)
        if status:
            raise RuntimeError(f"{script}: {said[-4000:]}")
        return said

    def try_shell(self, script: str) -> tuple[int, str]:
        done = subprocess.run(
            self._enter(script),
            env=ENVIRONMENT | {"DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.returncode, done.stdout

    def type(self, script: str, answers: dict[str, str]) -> tuple[str, int]:
        """On a terminal: each answer is typed when its question stands there. What was shown, and how many were asked.

        Raises RuntimeError for a question that has no answer here, by running out of patience, and for a failure.
        """
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            self._enter(script), env=ENVIRONMENT | {"HOME": "/root"}, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        shown, since, asked, end = "", 0, 0, time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    shown += os.read(ours, 65536).decode(errors="replace")
                except OSError:  # the other end is closed
                    break
            for question, answer in answers.items():
                if question in shown[since:]:
                    since, asked = len(shown), asked + 1
                    os.write(ours, f"{answer}\n".encode())
        os.close(ours)
        if process.wait(10):
            raise RuntimeError(f"{script}: {shown[-4000:]}")
        return shown, asked

    def _enter(self, script: str) -> list[str]:
        return ["nsenter", "-t", str(self._leader), "--all", "--root", "--wd", "sh", "-c", f"cd /var/tmp && {script}"]


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
