"""Starting programs in sessions of their own, watching them, and ending each with all its children."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from lab.errors import LaboratoryError, last_lines
from lab.run_directory import RunDirectory
from lab.signals import signals_wait
from lab.waiting import wait_until

MINIMAL_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
}


class Process:
    """One running program. It is not reaped before `reap`, so its process id stays its own until then."""

    def __init__(self, name: str, popen: "subprocess.Popen[bytes]", log: Path) -> None:
        """Take over a program that leads its own process group."""
        self.name = name
        # A supervised program may end and start again.
        self.supervised = False
        # How many seconds it has to end by itself, once it was asked to.
        self.patience = 5.0
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
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def ask_to_end(self) -> None:
        """Send SIGTERM, if it still runs."""
        if self.is_running():
            os.kill(self.pid, signal.SIGTERM)

    def reap(self) -> int:
        """End the program and all its children, by force if its patience runs out; return its exit status."""
        if self._popen.returncode is None:
            with suppress(LaboratoryError):
                wait_until(lambda: not self.is_running(), what=self.name, timeout=self.patience, interval=0.02)
            # The leader is a zombie or alive, so the group's number cannot belong to anybody else.
            os.killpg(self.pid, signal.SIGKILL)
        return self._popen.wait()

    def describe_end(self) -> str:
        """Tell how it ended, with the end of its log."""
        status = self._popen.returncode
        how = "ended" if status is None else f"ended with status {status}"
        return f"{self.name} {how}; the end of its log:\n{last_lines(self.log)}"


class Processes:
    """All programs of one run. Leaving the context manager ends them, the latest first."""

    def __init__(self, directory: RunDirectory, *, aloud: bool = False) -> None:
        """Prepare to start programs whose logs go to the run's directory, or if `aloud` to the terminal."""
        self._directory = directory
        self._aloud = aloud
        self._running: list[Process] = []
        self._lock = threading.Lock()

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        self.end_all()

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        supervised: bool = False,
    ) -> Process:
        """Start a program in a session of its own, with nothing but the given environment."""
        log = self._directory.logs / f"{name}.log"
        with signals_wait(), log.open("ab") as output:
            popen = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=None if self._aloud else output,
                stderr=None if self._aloud else subprocess.STDOUT,
                env={**MINIMAL_ENVIRONMENT, **(environment or {})},
                cwd=cwd,
                start_new_session=True,
            )
            self._directory.note_process(popen.pid)
            process = Process(name, popen, log)
            process.supervised = supervised
            with self._lock:
                self._running.append(process)
        return process

    def end(self, process: Process) -> int:
        """End one program and forget it; return its exit status."""
        with self._lock:
            if process in self._running:
                self._running.remove(process)
        process.ask_to_end()
        return process.reap()

    def end_all(self) -> None:
        """Ask all programs at once to end, then wait for each."""
        with self._lock:
            running, self._running = list(reversed(self._running)), []
        for process in running:
            process.ask_to_end()
        for process in running:
            process.reap()

    def first_ended(self) -> Process | None:
        """Return a program that ended although nobody asked it to."""
        with self._lock:
            watched = [process for process in self._running if not process.supervised]
        return next((process for process in watched if not process.is_running()), None)

    def wait_for(self, condition: Callable[[], bool], *, of: Process, what: str, timeout: float = 30) -> None:
        """Wait for a sign of life of a program; fail at once if it ends instead."""

        def is_there_or_gone() -> bool:
            return condition() or not of.is_running()

        try:
            wait_until(is_there_or_gone, what=what, timeout=timeout)
        except LaboratoryError as error:
            raise LaboratoryError(f"{error}; the end of its log:\n{last_lines(of.log)}") from None
        if not of.is_running():
            self.end(of)
            raise LaboratoryError(of.describe_end())


class Supervised:
    """A program that is started again whenever it ends, as systemd's Restart=always would."""

    def __init__(self, processes: Processes, start: Callable[[], Process]) -> None:
        """Start the program by `start`, and again until `end` is called."""
        self._processes = processes
        self._start = start
        self._ending = threading.Event()
        self._process = start()
        self.restarts = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """The process id of the program's current run."""
        return self._process.pid

    @property
    def log(self) -> Path:
        """The log that all its runs write to."""
        return self._process.log

    def end(self) -> None:
        """End the program for good."""
        self._ending.set()
        self._thread.join()
        self._processes.end(self._process)

    def _watch(self) -> None:
        # One second between starts keeps a program that cannot start from filling the log.
        while not self._ending.wait(0.1):
            if not self._process.is_running():
                self._processes.end(self._process)
                if self._ending.wait(1):
                    return
                self.restarts += 1
                self._process = self._start()
