import os
import signal
import subprocess

import pytest

from lab.errors import LaboratoryBroken
from lab.process import Process
from lab.processes import Processes
from lab.run_directory import process_started_at
from lab.waiting import wait_until

pytestmark = pytest.mark.live

STUBBORN = "trap '' TERM; echo ready; while :; do sleep 0.1; done"
WITH_CHILD = "sleep 60 & echo $!; wait"


def said(process: Process) -> str:
    return process.log.read_text()


def test_it_gets_no_environment_but_the_one_it_is_given(processes, monkeypatch):
    monkeypatch.setenv("NSMAAS_CA_PASSPHRASE", "not for everybody")
    process = processes.start("env", ["env"], environment={"GIVEN": "1"})

    wait_until(lambda: not process.is_running(), what="env to end", timeout=5)

    assert "GIVEN=1" in said(process)
    assert "not for everybody" not in said(process)


def test_ending_it_ends_its_children(processes):
    process = processes.start("parent", ["sh", "-c", WITH_CHILD])
    child = int(wait_until(lambda: said(process).strip(), what="the child", timeout=5))

    processes.end(process)

    wait_until(lambda: process_started_at(child) is None, what="the child to end", timeout=5)


def test_what_ignores_the_request_is_ended_by_force(processes):
    process = processes.start("stubborn", ["sh", "-c", STUBBORN])
    wait_until(lambda: "ready" in said(process), what="the trap", timeout=5)

    process.ask_to_end()

    process.patience = 0.2
    assert process.reap() == -signal.SIGKILL


def test_leaving_ends_everything(directory):
    with Processes(directory) as processes:
        pids = [processes.start(f"sleep-{n}", ["sleep", "60"]).pid for n in range(3)]

    assert [process_started_at(pid) for pid in pids] == [None] * 3


def test_the_first_that_ended_by_itself_is_named(processes):
    processes.start("lasting", ["sleep", "60"])
    assert processes.first_ended() is None

    processes.start("short", ["true"])

    assert wait_until(processes.first_ended, what="it to end", timeout=5).name == "short"


def test_waiting_for_a_program_that_dies_ends_at_once_and_shows_its_log(processes):
    process = processes.start("failing", ["sh", "-c", "echo what went wrong; exit 3"])

    with pytest.raises(LaboratoryBroken, match=r"status 3[\s\S]*what went wrong"):
        processes.wait_for(lambda: False, of=process, what="nothing", timeout=30)


def test_a_supervised_program_is_started_again(processes):
    supervised = processes.supervise(lambda: processes.start("supervised", ["sleep", "60"]))
    first = supervised.pid

    os.kill(first, signal.SIGKILL)

    wait_until(lambda: supervised.pid != first, what="the next start", timeout=10)
    assert processes.first_ended() is None
    supervised.end()
    assert process_started_at(supervised.pid) is None


def test_what_was_started_is_on_record_for_the_next_run(processes, directory):
    process = processes.start("sleep", ["sleep", "60"])

    assert f"{process.pid} {process_started_at(process.pid)}" in (directory.path / "processes").read_text()
    assert subprocess.run(
        ["ps", "-o", "sid=", "-p", str(process.pid)], capture_output=True, text=True
    ).stdout.strip() == str(process.pid)


def test_what_is_supervised_is_not_started_again_while_everything_ends(directory):
    with Processes(directory) as processes:
        supervised = processes.supervise(lambda: processes.start("supervised", ["sleep", "60"]))

    assert supervised.restarts == 0
    assert process_started_at(supervised.pid) is None


def test_ending_goes_on_when_one_program_cannot_be_ended(directory, monkeypatch):
    processes = Processes(directory)
    bad = processes.start("bad", ["sleep", "60"])
    good = processes.start("good", ["sleep", "60"])
    monkeypatch.setattr(bad, "reap", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        processes.end_all()

    assert process_started_at(good.pid) is None
    monkeypatch.undo()
    bad.reap()
