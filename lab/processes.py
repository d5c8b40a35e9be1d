"""Starting programs in sessions of their own, watching them, and ending all of them."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from lab.errors import LaboratoryBroken, last_lines
from lab.process import Process
from lab.run_directory import RunDirectory
from lab.signals import signals_wait
from lab.waiting import wait_until

MINIMAL_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
}


class Processes:
    """All programs of one run. Leaving the context manager ends them, the latest first."""

    def __init__(self, directory: RunDirectory, *, aloud: bool = False) -> None:
        """Prepare to start programs whose logs go to the run's directory, or if `aloud` to the terminal."""
        self._directory = directory
        self._aloud = aloud
        # What is ended by force does not remove its temporary files; these go with the run's directory.
        self._temporary = directory.subdirectory("tmp", mode=0o1777)
        self._running: list[Process] = []
        self._supervisors: list[Supervisor] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Processes:
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
    ) -> Process:
        """Start a program in a session of its own, with nothing but the given environment."""
        log = self._directory.logs / f"{name}.log"
        with signals_wait(), log.open("ab") as output:
            popen = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=None if self._aloud else output,
                stderr=None if self._aloud else subprocess.STDOUT,
                env={**MINIMAL_ENVIRONMENT, "TMPDIR": str(self._temporary), **(environment or {})},
                cwd=cwd,
                start_new_session=True,
            )
            self._directory.note_process(popen.pid)
            process = Process(name, popen, log)
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
        for supervisor in self._supervisors:
            supervisor.stop_watching()
        with self._lock:
            running, self._running = self._running, []
        # An exit stack goes on with the next if one fails.
        with ExitStack() as stack:
            for process in running:
                stack.callback(process.reap)
            for process in reversed(running):
                process.ask_to_end()

    def supervise(self, start: Callable[[], Process]) -> Supervisor:
        """Start a program by `start`, and again whenever it ends."""
        supervisor = Supervisor(self, start)
        self._supervisors.append(supervisor)
        return supervisor

    def named(self, name: str) -> list[Process]:
        """Those that run under this name."""
        with self._lock:
            return [process for process in self._running if process.name == name]

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
        except LaboratoryBroken as error:
            raise LaboratoryBroken(f"{error}; the end of its log:\n{last_lines(of.log)}") from None
        if not of.is_running():
            self.end(of)
            raise LaboratoryBroken(of.describe_end())


class Supervisor:
    """Keeps one program running, as systemd's Restart=always would."""

    def __init__(self, processes: Processes, start: Callable[[], Process]) -> None:
        """Start the program."""
        self._processes = processes
        self._start = start
        self._ending = threading.Event()
        self._process = self._start_supervised()
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

    def stop_watching(self) -> None:
        """Leave the program as it is; from now on it is not started again."""
        self._ending.set()
        self._thread.join()

    def end(self) -> None:
        """End the program for good."""
        self.stop_watching()
        self._processes.end(self._process)

    def _start_supervised(self) -> Process:
        process = self._start()
        process.supervised = True
        return process

    def _watch(self) -> None:
        # One second between starts keeps a program that cannot start from filling the log.
        while not self._ending.wait(0.1):
            if not self._process.is_running():
                self._processes.end(self._process)
                if self._ending.wait(1):
                    return
                self.restarts += 1
                self._process = self._start_supervised()
