"""Other programs, as the installation starts them."""

import subprocess
from collections.abc import Mapping

from portal.installation.refusals import CommandFailed

_LAST_LINES = 8
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def run(*command: str, given: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """What it printed. Raises CommandFailed. No secret is ever among the words of a command: all users see those."""
    try:
        done = subprocess.run(
            command,
            input=given if given is not None else "",
            env={"PATH": PATH, "LANG": "C.UTF-8", **(environment or {})},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise CommandFailed(f"{command[0]} is not installed.") from None
    if done.returncode != 0:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-_LAST_LINES:])
        raise CommandFailed(f"{' '.join(command[:4])} ... failed:\n{said}")
    return done.stdout


def succeeds(*command: str) -> bool:
    try:
        run(*command)
    except CommandFailed:
        return False
    return True
