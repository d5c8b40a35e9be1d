"""What people changed for a box counts only once its customer's people were told of it and had time to say no.

Otherwise a thief of the people's door, or one operator alone, would get a disk key before anybody could know. A key
that is no older than the change protects nothing that was there before: it waits for nobody.
"""

from datetime import datetime

from pki.escrow.vault import disk_key_since
from sensors.keys.confirmed_sessions import Confirmation
from sensors.keys.operations.read_release_facts import Known
from sensors.models import KeyPermit


def settled_long_ago(known: Known, confirmation: Confirmation, permit: KeyPermit | None, now: datetime) -> bool:
    """For whatever key. Asks the database nothing."""
    told = known.changes(confirmation, permit)
    return all(at is not None and at + known.change_delay <= now for at in told)


def changes_settled(known: Known, confirmation: Confirmation, permit: KeyPermit | None, now: datetime) -> bool:
    if settled_long_ago(known, confirmation, permit, now):
        return True
    since = disk_key_since(subject=known.subject)
    if since is None:
        return True
    told = known.changes(confirmation, permit)
    return all(at is not None and (at <= since or at + known.change_delay <= now) for at in told)
