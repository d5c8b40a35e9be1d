"""The users of the processes, and the folders that are theirs or root's."""

import grp
import pwd
import re
import shutil
from pathlib import Path

from portal.installation import files, places
from portal.installation.answers import Answers
from portal.installation.programs import run
from portal.installation.refusals import SetupRefused

_SYSUSERS = "nsm-portal.conf"
NGINX_OF_PEOPLE = "nsmaas-nginx-people"
_ROOT = "root"
# Each is root's; with its mode, and the group that may enter.
_FOLDERS = {
    places.CONFIGURATION: (0o755, _ROOT),
    places.SECRETS: (0o700, _ROOT),
    # The people's nginx reads its own pair there, and can open no other file.
    places.DOOR: (0o710, NGINX_OF_PEOPLE),
    places.NGINX: (0o755, _ROOT),
    places.STATE: (0o700, _ROOT),
}


def named_in_units() -> set[str]:
    """As whom the units of the portal run, and for whom their sockets are."""
    found: set[str] = set()
    for unit in [*places.UNITS.glob("nsmaas-*.*"), *places.UNITS.glob("doors-*.*")]:
        if unit.is_file():
            found |= set(re.findall(r"^(?:User|SocketUser)=(\S+)$", files.text_of(unit), re.M))
    return found


def missing(_answers: Answers) -> list[str]:
    users = [f"make the user {name}" for name in sorted(named_in_units()) if not _exists(name)]
    folders = [
        f"make the folder {path} with the mode {mode:o} and the group {group}"
        for path, (mode, group) in _FOLDERS.items()
        if not path.is_dir() or path.stat().st_mode & 0o777 != mode or _group_of(path) != group
    ]
    return users + folders


def mend(_answers: Answers) -> None:
    run("systemd-sysusers", _SYSUSERS)
    # It ends with success also when it did not like a line and left it out.
    if left := [name for name in sorted(named_in_units()) if not _exists(name)]:
        raise SetupRefused(f"systemd-sysusers made no user {', '.join(left)}: see /usr/lib/sysusers.d/{_SYSUSERS}.")
    for path, (mode, group) in _FOLDERS.items():
        files.make_folder(path, mode)
        shutil.chown(path, group=group)


def join_group(group: str) -> None:
    """Every process of the portal's own, but no nginx."""
    for name in sorted(processes()):
        run("usermod", "--append", "--groups", group, name)


def outside_group(group: str) -> list[str]:
    """Raises KeyError if there is no such group."""
    return sorted(processes() - set(grp.getgrnam(group).gr_mem))


def processes() -> set[str]:
    return {name for name in named_in_units() if "nginx" not in name}


def _group_of(path: Path) -> str:
    try:
        return path.group()
    except KeyError:
        return ""


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
