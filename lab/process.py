"""One running program and its children, from its start to its certain end."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from lab.errors import LaboratoryBroken, last_lines
from lab.waiting import wait_until


class Process:
    """One running program. It is not reaped before `reap`, so its process id stays its own until then."""

    def __init__(self, name: str, popen: subprocess.Popen[bytes], log: Path) -> None:
        """Take over a program that leads its own process group."""
        self.name = name
        # A supervised program may end and start again.
        self.supervised = False
        # How many seconds it has to end by itself, once it was asked to.
        self.patience = 5.0
        self._reaping = threading.Lock()
        self.log = log
        self._popen = popen

    @property
    def pid(self) -> int:
        """The process id, which is the process group's as well."""
        return self._popen.pid

    def is_running(self) -> bool:
        """Tell whether the program is still there, without reaping it."""
        if self._popen.returncode is not None:
            return False
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        except ChildProcessError:
            # Another thread has reaped it a moment ago.
            return False

    def ask_to_end(self) -> None:
        """Send SIGTERM, if it still runs."""
        if self.is_running():
            os.kill(self.pid, signal.SIGTERM)

    def reap(self) -> int:
        """End the program and all its children, by force if its patience runs out; return its exit status."""
        with self._reaping:
            if self._popen.returncode is None:
                with suppress(LaboratoryBroken):
                    wait_until(lambda: not self.is_running(), what=self.name, timeout=self.patience, interval=0.02)
                # The leader is a zombie or alive, so the group's number cannot belong to anybody else.
                os.killpg(self.pid, signal.SIGKILL)
            return self._popen.wait()

    def describe_end(self) -> str:
        """Tell how it ended, with the end of its log."""
        status = self._popen.returncode
        how = "ended" if status is None else f"ended with status {status}"
        return f"{self.name} {how}; the end of its log:\n{last_lines(self.log)}"
