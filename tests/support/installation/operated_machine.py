"""A booted host as its operator has it: a shell, a terminal, and the pages that tell what to type."""

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping

from tests.support.installation.documented import Block
from tests.support.installation.machine import ENVIRONMENT, BootedMachine

PATIENCE = 600  # of a machine that has other work, too


class OperatedMachine(BootedMachine):
    def shell(self, script: str) -> str:
        """What it printed, on either channel. Raises RuntimeError."""
        status, said = self.try_shell(script)
        if status:
            raise RuntimeError(f"{script}: {said[-4000:]}")
        return said

    def follow(
        self, block: Block, *, replacing: Mapping[str, str] | None = None, given: str = "", ends: tuple[int, ...] = (0,)
    ) -> str:
        """What the commands of a page printed, with `given` typed. Its examples are replaced, and nothing else is.

        Raises AssertionError if it ends with another number, or if what the page says that you see is not there.
        """
        script = block.commands
        for example, real in (replacing or {}).items():
            assert example in script, f"{block.page}: {example} is not in {block.name}"
            script = script.replace(example, real)
        status, said = self.try_shell(f"set -e\n{script}", given=given)
        assert status in ends, f"{script} ends with {status}: {said[-4000:]}"
        assert block.not_seen_in(said) == [], f"{block.page}, {block.name}: {said[-4000:]}"
        return said

    def try_shell(self, script: str, *, given: str = "") -> tuple[int, str]:
        done = subprocess.run(
            self._enter(script),
            env=ENVIRONMENT | {"DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"},
            input=given,
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
