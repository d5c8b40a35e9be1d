"""Whether an account counts as one of two people: facts in, an answer in words out.

A person with a second account that counts at once would be two people alone. So one that somebody else made or changed
counts only after days in which everybody who was told of it could have said no.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Standing:
    name: str
    changed_at: datetime
    """Made or changed in any way, by anybody, its own person too: for the last time."""
    meddled_at: datetime | None
    """Made, given a role or robbed of its second factor by somebody in the portal, for the last time."""
    told_at: datetime | None
    """When the last mail about that was sent. None: one still waits, or none was ever written."""
    factor_since: datetime | None
    """Its present second factor."""
    factor_demanded: bool


def why_it_does_not_count(
    standing: Standing, *, now: datetime, settles_after: timedelta, asked_at: datetime | None
) -> str:
    """Empty if it counts. `asked_at` is when that was asked for which it is to agree to; None for who asks."""
    whose = f"The account of {standing.name}"
    if asked_at is not None and standing.changed_at >= asked_at:
        return f"{whose} was made or changed after this was asked for. Somebody else has to agree."
    if standing.meddled_at is None and not standing.factor_demanded:
        return ""
    if standing.factor_since is None:
        return f"{whose} does not count as one of two people: it has no second factor."
    if standing.meddled_at is None:
        return ""
    if standing.told_at is None:
        return f"{whose} does not count as one of two people yet: not everybody has been told of it, mails wait."
    counts_from = max(standing.meddled_at, standing.told_at, standing.factor_since) + settles_after
    if now < counts_from:
        return (
            f"{whose} was made or changed by somebody else, or has a new second factor. "
            f"It counts as one of two people from {counts_from:%d %B %Y, %H:%M} UTC on."
        )
    return ""
