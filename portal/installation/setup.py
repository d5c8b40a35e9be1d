"""`nsm-portal setup`: from the installed package to a running portal.

Each step is looked at before anything is done, so it may be run again, and goes on after a crash.
"""

import fcntl
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portal.installation import places
from portal.installation.administrator import link
from portal.installation.answers import QUESTIONS, Answers, flag, keep, put_together, read_file
from portal.installation.backups import shortcomings
from portal.installation.check import check
from portal.installation.refusals import SetupRefused
from portal.installation.steps import STEPS

_LOCK = Path("/run/nsm-portal-setup.lock")


def setup(given: Mapping[str, str], *, file: Path | None, only_look: bool) -> int:
    """Raises SetupRefused. With `only_look` nothing is changed, and 1 is returned if something were to be done."""
    if os.geteuid() != 0:
        raise SetupRefused("Only root can do this: sudo nsm-portal setup")
    if places.RESTORE_UNDER_WAY.exists():
        raise SetupRefused(
            "A restoration was begun on this host and has not ended: run nsm-portal restore again, as before. (For a"
            f" new portal: take {places.RESTORE_UNDER_WAY} and the database away.)"
        )
    answers = _answers(given, file)
    if only_look:
        return _look(answers)
    with _alone():
        keep(answers, places.ANSWERS)
        for step in STEPS:
            todo = step.missing(answers)
            for line in todo:
                _say(f"{step.name}: {line}")
            if todo:
                step.mend(answers)
                if left := step.missing(answers):
                    raise SetupRefused(f"{step.name}: this is still to be done, though it was tried: {'; '.join(left)}")
            else:
                _say(f"{step.name}: as it should be")
        return _finish(answers)


def _answers(given: Mapping[str, str], file: Path | None) -> Answers:
    earlier = read_file(places.ANSWERS) if places.ANSWERS.exists() else {}
    found = put_together(given, read_file(file) if file else {}, earlier)
    unanswered = [name for name in QUESTIONS if name not in found]
    if unanswered and not sys.stdin.isatty():
        flags = ", ".join(flag(name) for name in unanswered)
        raise SetupRefused(f"Say {flags}, too, or run this on a terminal, where it asks.")
    for name in unanswered:
        found[name] = input(f"{QUESTIONS[name]}: ").strip()
    return Answers(**found)


def _look(answers: Answers) -> int:
    to_do = False
    for step in STEPS:
        todo = step.missing(answers)
        to_do = to_do or bool(todo)
        for line in todo or ["as it should be"]:
            _say(f"{step.name}: {f'would {line}' if todo else line}")
    return 1 if to_do else 0


def _finish(answers: Answers) -> int:
    status = check(aloud=False)
    print(f"\nThe portal: https://{answers.name}/", flush=True)
    if address := link(answers):
        print(f"{answers.administrator} sets the first password here, once, within an hour:\n  {address}")
    if not answers.mail_host:
        print("No mail server was named (--mail-host): mails become files below /var/lib/nsmaas-worker/mail.")
    for warning in shortcomings(answers):
        print(warning)
    print(f"Keep a copy of {places.KEY_ENCRYPTION_KEY} offline: without it no sensor's disk opens again.", flush=True)
    return status


@contextmanager
def _alone() -> Iterator[None]:
    """Raises SetupRefused if another one is at work."""
    with _LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupRefused("Another nsm-portal setup is at work: wait until it has ended.") from None
        yield


def _say(line: str) -> None:
    print(line, flush=True)
