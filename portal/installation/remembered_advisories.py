"""What the last look at advisories has left: those about what is bundled, to be compared again after each upgrade."""

import json
from dataclasses import dataclass
from datetime import datetime

from portal.installation import files, places
from portal.installation.osv import Advisory, NotOsv, advisory_of
from portal.installation.refusals import SetupRefused

_FORM = 1
_LARGEST = 16 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Memory:
    """`newest` is the time of the newest advisory in the last whole download, and None before there was one.

    `names` are those that were looked for then; `unread` are files of it that could not be read.
    """

    newest: datetime | None = None
    names: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()
    advisories: tuple[Advisory, ...] = ()


def recall() -> Memory:
    """Empty before the first look. Raises SetupRefused for what is no memory."""
    path = places.ADVISORIES
    if not path.exists():
        return Memory()
    try:
        given = json.loads(path.read_bytes())
        if given["form"] != _FORM:
            raise ValueError
        newest = datetime.fromisoformat(given["newest"]) if given["newest"] else None
        if newest and newest.tzinfo is None:
            raise ValueError
        return Memory(
            newest=newest,
            names=frozenset(str(name) for name in given["names"]),
            unread=tuple(str(name) for name in given["unread"]),
            advisories=tuple(advisory_of(each) for each in given["advisories"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError, NotOsv):
        raise SetupRefused(
            f"{path} cannot be read, so no advisory is known: remove it, then nsm-portal advisories FILE."
        ) from None


def remember(memory: Memory) -> None:
    """At once or not at all; all may read it. Raises SetupRefused."""
    text = json.dumps(
        {
            "form": _FORM,
            "newest": memory.newest.isoformat() if memory.newest else None,
            "names": sorted(memory.names),
            "unread": memory.unread,
            "advisories": [each.as_osv() for each in memory.advisories],
        }
    )
    if len(text) > _LARGEST:
        raise SetupRefused("These are more advisories than can be remembered. Is it OSV's download of PyPI?")
    try:
        files.write(places.ADVISORIES, text + "\n", 0o644)
    except OSError as error:
        raise SetupRefused(
            f"{places.ADVISORIES} cannot be written, so nothing of it is remembered: {error.strerror}."
        ) from None
