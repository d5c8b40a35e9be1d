"""`nsm-portal manage`: the portal's own commands, with the settings and secrets of this host and no others."""

import os
import subprocess
import sys

from portal.installation import places
from portal.installation.programs import PATH
from portal.installation.refusals import CommandFailed
from portal.installation.settings_file import read_settings

_FROM_THE_CALLER = ("TERM", "COLUMNS", "LINES")
_SECRETS = {
    "NSMAAS_SECRET_KEY_FILE": places.SECRET_KEY,
    "NSMAAS_KEY_ENCRYPTION_KEY_FILE": places.KEY_ENCRYPTION_KEY,
    "NSMAAS_CA_KEY_FILE": places.CA_KEY,
    "NSMAAS_CA_PASSPHRASE_FILE": places.CA_PASSPHRASE,
}


def environment(**changes: str) -> dict[str, str]:
    """Nothing of the caller's shell decides which database a command works on. Raises SetupRefused without settings."""
    fixed = {
        "PATH": PATH,
        "LANG": "C.UTF-8",
        "HOME": "/root",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NSMAAS_PROCESS": "manage",
        "NSMAAS_STATE_DIR": str(places.STATE),
    }
    shell = {name: os.environ[name] for name in _FROM_THE_CALLER if name in os.environ}
    secrets = {name: str(path) for name, path in _SECRETS.items() if path.exists()}
    return {**shell, **read_settings(), **secrets, **fixed, **changes}


def manage(*arguments: str, **changes: str) -> str:
    """Run one of Django's commands and return what it printed. Raises CommandFailed with what it said."""
    done = subprocess.run(
        _command(arguments),
        cwd=places.PROGRAM,
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join(done.stderr.strip().splitlines()[-8:])
        raise CommandFailed(f"nsm-portal manage {arguments[0]} failed:\n{said}")
    return done.stdout


def show(*arguments: str) -> int:
    """The same, for somebody who watches it. Its exit code."""
    return subprocess.run(_command(arguments), cwd=places.PROGRAM, env=environment(), check=False).returncode


def become(*arguments: str) -> None:
    """For somebody at the command line: this process becomes the command."""
    os.chdir(places.PROGRAM)
    command = _command(arguments)
    os.execve(command[0], command, environment())  # noqa: S606  # no shell is wanted


def _command(arguments: tuple[str, ...]) -> list[str]:
    # Without -I: Django's command finds the code in its own folder, which is this one.
    return [sys.executable, "-P", str(places.PROGRAM / "manage.py"), *arguments]
