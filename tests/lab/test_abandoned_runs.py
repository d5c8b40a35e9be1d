import os
import subprocess
import sys
import tempfile

import pytest

from lab.abandoned_runs import abandoned_runs, end_processes_of
from lab.run_directory import RunDirectory, process_started_at

MAKE_AND_DIE = """
import os
from lab.run_directory import RunDirectory
print(RunDirectory().path, flush=True)
os._exit(9)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files of our own, so that nobody else's runs are seen."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.mark.live
def test_a_run_whose_process_is_gone_is_abandoned(temporary):
    printed = subprocess.run([sys.executable, "-c", MAKE_AND_DIE], capture_output=True, text=True, check=False)

    assert [str(path) for path in abandoned_runs()] == [printed.stdout.strip()]


def test_a_run_that_goes_on_is_not(temporary):
    assert RunDirectory().path.is_dir()
    assert abandoned_runs() == []


def test_a_process_id_that_was_used_again_does_not_keep_a_run_alive(temporary):
    run = RunDirectory()
    (run.path / "owner").write_text(f"{os.getpid()} 1\n")

    assert abandoned_runs() == [run.path]


def test_a_link_to_somebody_elses_directory_is_not_believed(temporary):
    run = RunDirectory()
    (run.path / "owner").write_text(f"{os.getpid()} 1\n")
    elsewhere = temporary / "elsewhere"
    run.path.rename(elsewhere)
    run.path.symlink_to(elsewhere)

    assert abandoned_runs() == []


@pytest.mark.live
def test_the_processes_of_an_abandoned_run_are_ended(temporary):
    run = RunDirectory()
    left = subprocess.Popen(["sleep", "60"], start_new_session=True)
    run.note_process(left.pid)

    end_processes_of(run.path)

    assert left.wait(timeout=5) == -9


@pytest.mark.live
def test_a_process_that_only_has_the_same_number_is_left_alone(temporary):
    run = RunDirectory()
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    (run.path / "processes").write_text(f"{stranger.pid} 1\n")

    end_processes_of(run.path)

    assert process_started_at(stranger.pid) is not None
    stranger.kill()
    stranger.wait()


def test_others_may_pass_through_but_not_look(temporary):
    run = RunDirectory()

    assert run.path.stat().st_mode & 0o777 == 0o711
    assert run.logs.stat().st_mode & 0o777 == 0o700
