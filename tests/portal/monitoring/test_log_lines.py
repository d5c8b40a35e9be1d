"""Logs for a machine that reads them: one line each, whatever is in it, from the portal and from the agent alike."""

import json
import logging
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway import log_lines as of_agent
from lab.portal import free_port
from lab.processes import MINIMAL_ENVIRONMENT
from portal import log_lines as of_portal
from tests.support.checkout import CHECKOUT

AWKWARD = 'two\nlines\r\x1b[31m "quoted" \u2028 {"level": "INFO"} \x00 ü'
FORMATTERS = [of_portal.JsonLines("people"), of_agent.JsonLines()]


def record(message: str = AWKWARD, *arguments: object, **more: Any) -> logging.LogRecord:
    made = logging.getLogger("a.logger").makeRecord(
        "a.logger", logging.WARNING, "file.py", 1, message, arguments, more.pop("exc_info", None)
    )
    made.__dict__.update(more)
    return made


@pytest.mark.parametrize("formatter", FORMATTERS, ids=["portal", "agent"])
def test_an_event_is_one_line_whatever_it_says(formatter: logging.Formatter):
    line = formatter.format(record("%s!", AWKWARD))
    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert line.isprintable()
    event = json.loads(line)
    assert event["message"] == f"{AWKWARD}!"
    assert (event["level"], event["logger"], event["pid"]) == ("WARNING", "a.logger", os.getpid())
    assert datetime.fromisoformat(event["time"]).utcoffset() is not None
    assert event["time"].endswith("+00:00")


@pytest.mark.parametrize("formatter", FORMATTERS, ids=["portal", "agent"])
def test_an_exception_stays_inside_its_line(formatter: logging.Formatter):
    try:
        raise ValueError(AWKWARD)
    except ValueError:
        line = formatter.format(record("it failed", exc_info=sys.exc_info()))
    assert len(line.splitlines()) == 1
    assert "Traceback" in json.loads(line)["exception"]
    assert AWKWARD in json.loads(line)["exception"]


@pytest.mark.parametrize("formatter", FORMATTERS, ids=["portal", "agent"])
def test_what_hangs_on_a_record_is_not_in_its_line(formatter: logging.Formatter):
    """Django hangs the request on its records, and that has cookies and what was sent."""
    assert "hunter2" not in formatter.format(record("not found", request={"password": "hunter2"}, token="hunter2"))


def test_portal_and_agent_write_the_same_members():
    first, second = (json.loads(formatter.format(record())) for formatter in FORMATTERS)
    assert first.keys() == second.keys()
    assert (first.pop("process"), second.pop("process")) == ("people", "gateway")
    assert first.keys() == {"time", "level", "logger", "pid", "message"}


def run(folder: Path, *command: str, seconds: int = 60, **environment: str) -> subprocess.CompletedProcess[str]:
    """Ended by SIGTERM after so many seconds."""
    given = {"NSMAAS_STATE_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/log.sqlite3", **environment}
    return subprocess.run(
        ["timeout", "--signal=TERM", "--kill-after=20", str(seconds), sys.executable, *command],
        cwd=CHECKOUT, env=MINIMAL_ENVIRONMENT | given, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


# What Celery says from inside a signal's handler, where no logger may be asked.
CELERY_ENDS = re.compile(r"|worker: (Warm|Cold|Hitting Ctrl\+C).*|Process 'ForkPoolWorker-\d+' pid:\d+ exited with .*")


def events(text: str) -> list[dict[str, Any]]:
    """Each line is one."""
    found = [json.loads(line) for line in text.splitlines() if not CELERY_ENDS.fullmatch(line)]
    assert found
    return found


# As in service: a script beside Python, in whose folder the portal is not.
GUNICORN = (str(Path(sys.executable).parent / "gunicorn"), "--worker-class", "gthread", "--no-control-socket")
LOGGER_CLASS = re.search(
    r"^Environment=GUNICORN_CMD_ARGS=(.*)$",
    (CHECKOUT / "portal/deploy/systemd/nsmaas-.service.d/hardening.conf").read_text(),
    re.MULTILINE,
)
CELERY = ("-m", "celery", "--quiet", "-A", "portal")
PROGRAMS = {
    "people": (*GUNICORN, "portal.wsgi_people:application"),
    "worker": (*CELERY, "worker", "-Q", "default", "-c", "1", "--loglevel", "INFO"),
    "beat": (*CELERY, "beat", "--loglevel", "INFO"),
}


@pytest.mark.live
@pytest.mark.parametrize("process", PROGRAMS)
def test_every_line_of_a_process_is_an_event(tmp_path: Path, process: str):
    assert LOGGER_CLASS
    program = PROGRAMS[process]
    if process == "people":
        program = (*program, "--bind", f"127.0.0.1:{free_port(19600)}")
    said = run(
        tmp_path,
        *program,
        seconds=12,
        NSMAAS_PROCESS=process,
        NSMAAS_LOG_FORMAT="json",
        GUNICORN_CMD_ARGS=LOGGER_CLASS[1],
    )
    found = events(said.stdout + said.stderr)
    assert {event["process"] for event in found} == {process}
    assert {event["logger"].partition(".")[0] for event in found} & {"gunicorn", "celery"}


@pytest.mark.live
def test_what_ends_a_process_is_an_event(tmp_path: Path):
    program = "import django; django.setup(); raise ValueError('two\\nlines')"
    said = run(tmp_path, "-c", program, DJANGO_SETTINGS_MODULE="portal.settings", NSMAAS_LOG_FORMAT="json")
    assert said.returncode == 1
    [event] = events(said.stderr)
    assert (event["level"], event["message"]) == ("CRITICAL", "ended by ValueError")
    assert "two\nlines" in event["exception"]


@pytest.mark.live
def test_a_format_that_there_is_not_is_an_error(tmp_path: Path):
    said = run(tmp_path, "manage.py", "check", NSMAAS_LOG_FORMAT="yaml")
    assert "NSMAAS_LOG_FORMAT must be one of plain, json, not 'yaml'" in said.stderr
    said = run(tmp_path, "-m", "gateway", "check", NSMAAS_LOG_FORMAT="yaml")
    assert (said.returncode, said.stderr) == (2, "gateway: NSMAAS_LOG_FORMAT must be plain or json, not 'yaml'\n")
