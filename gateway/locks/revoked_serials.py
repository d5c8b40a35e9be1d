"""crl/: an empty file named by the decimal serial refuses that certificate (`crl-verify crl dir`). Only ever added to.

If OpenVPN's user cannot read the directory or a file in it, the revoked certificate passes, so that is looked at
with that user's own eyes.
"""

import contextlib
import grp
import os
import pwd
import subprocess
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gateway.agent_directory import AgentDirectory
from gateway.atomic_files import sync_directory
from gateway.state.desired_state import SERIAL

LOOK_SECONDS = 5
FEW = 100


@dataclass(frozen=True, slots=True)
class ReadableSerials:
    """What OpenVPN's user could read; `problem` says why not, if it could not look at all."""

    serials: frozenset[str]
    problem: str | None


def present_serials(directory: AgentDirectory) -> frozenset[str]:
    """The files are a second memory of what was revoked, should the state file be lost."""
    return frozenset(name for name in os.listdir(directory.crl) if SERIAL.fullmatch(name))


def block_serials(directory: AgentDirectory, serials: Iterable[str]) -> None:
    """Makes the missing files and repairs their modes; returns when they are on disk."""
    touched = False
    for serial in serials:
        path = directory.crl / serial
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644))
            touched = True
        if path.stat().st_mode & 0o444 != 0o444:
            os.chmod(path, 0o644)
    if touched:
        sync_directory(directory.crl)


def look_as_openvpn(
    directory: AgentDirectory, *, user: str | None, group: str | None, serials: Collection[str] | None = None
) -> ReadableSerials:
    """Looks into crl/ as the user OpenVPN drops to, from the directory OpenVPN stands in. All, or a few `serials`."""
    few = serials is not None and len(serials) <= FEW
    where = [f"crl/{serial}" for serial in serials or ()] if few and serials else ["crl"]
    depth = "0" if few else "1"
    try:
        done = subprocess.run(
            [
                "find",
                *where,
                "-maxdepth",
                depth,
                "-type",
                "f",
                "-readable",
                "-printf",
                "%f\\n",
            ],
            cwd=directory.root,
            capture_output=True,
            timeout=LOOK_SECONDS,
            check=False,
            user=pwd.getpwnam(user).pw_uid if user else None,
            # Without `group`, OpenVPN keeps root's groups.
            group=grp.getgrnam(group).gr_gid if group else None,
            extra_groups=[] if group else None,
        )
    except (KeyError, OSError, subprocess.SubprocessError) as error:
        return ReadableSerials(frozenset(), f"cannot look as user {user}: {type(error).__name__}")
    found = frozenset(name for name in done.stdout.decode(errors="replace").split() if SERIAL.fullmatch(name))
    if done.returncode:
        return ReadableSerials(found, f"user {user or 'root'} cannot read the crl directory")
    return ReadableSerials(found, None)
