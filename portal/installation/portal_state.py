"""What the database says of the installation, asked in one go: each start of Django takes a second or two."""

import json
from dataclasses import dataclass
from functools import cache

from portal.installation.manage import manage


@dataclass(frozen=True, slots=True)
class PortalState:
    unapplied_migrations: list[str]
    rights_that_differ: int
    authority: str
    key_encryption_keys: list[str]
    second_factors: bool
    # Of the first administrator, or of another: `ready` with a password, `invited` without, or empty.
    administrator: str
    # What is not right with it, in words: `absent` if nobody has asked for it, `failing` if it was asked for.
    kept_since_backup: dict[str, str]


@cache
def portal_state() -> PortalState:
    """Raises SetupRefused if the database cannot be asked. Remembered until `forget` is called."""
    return PortalState(**json.loads(manage("installation_state")))


def forget() -> None:
    """Something was changed: ask again."""
    portal_state.cache_clear()
