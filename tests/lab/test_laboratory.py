"""However a run ends, nothing of it stays: no process, namespace or file."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lab.abandoned_runs import clear_abandoned_runs
from lab.namespaces import DIRECTORY
from lab.run_directory import namespace_prefix, process_started_at
from lab.waiting import wait_until

pytestmark = pytest.mark.root

# A laboratory with its network and a supervised program on one of its hosts; then it waits for its end.
RUN = """
import os, sys, time
from lab.laboratory import Laboratory
from lab.signals import AskedToEnd, signals_raise

with signals_raise():
    try:
        with Laboratory() as laboratory:
            laboratory.build_network()
            inside = laboratory.processes.supervise(
                lambda: laboratory.processes.start("inside", laboratory.host("a1").enter(["sleep", "600"]))
            )
            print(laboratory.directory.path, inside.pid, flush=True)
            if sys.argv[1] == "fail":
                raise ZeroDivisionError
            while True:  # a signal that comes just before a single long sleep would wait for its end
                time.sleep(0.1)
    except AskedToEnd:
        sys.exit(7)
"""


class Run:
    def __init__(self, folder: Path, how: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-c", RUN, how],
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.popen.stdout is not None
        directory, pid = self.popen.stdout.readline().split()
        self.directory, self.inside = Path(directory), int(pid)

    def what_is_left(self) -> list[str]:
        left = [path.name for path in DIRECTORY.glob(f"{namespace_prefix(self.directory)}*")]
        if process_started_at(self.inside) is not None:
            left.append("process")
        if self.directory.exists():
            left.append("directory")
        return left


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Start a run whose files lie in a folder of the test's own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    runs = []

    def start_run(how: str = "wait") -> Run:
        runs.append(Run(tmp_path, how))
        return runs[-1]

    yield start_run
    for run in runs:
        run.popen.kill()
        run.popen.communicate()
    clear_abandoned_runs()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_nothing(start, number):
    run = start()

    run.popen.send_signal(number)

    assert run.popen.wait(timeout=20) == 7
    assert run.what_is_left() == []


def test_a_second_signal_does_not_spoil_the_clearing_up(start):
    run = start()

    run.popen.send_signal(signal.SIGINT)
    run.popen.send_signal(signal.SIGTERM)

    run.popen.wait(timeout=20)
    assert run.what_is_left() == []


def test_a_failure_leaves_nothing(start):
    run = start("fail")

    assert run.popen.wait(timeout=20) == 1
    assert run.what_is_left() == []


def test_what_a_killed_run_left_is_cleared_away_by_the_next(start):
    run = start()
    run.popen.kill()
    run.popen.wait()
    assert {"process", "directory"} < set(run.what_is_left())

    clear_abandoned_runs()

    wait_until(lambda: run.what_is_left() == [], what="the killed to be gone", timeout=10)


def test_a_run_that_goes_on_is_not_cleared_away(start):
    run = start()

    clear_abandoned_runs()

    assert {"process", "directory"} < set(run.what_is_left())
    assert run.popen.poll() is None
