"""System checks: counters are kept where nothing is thrown away."""

from collections.abc import Iterable

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from limits.stores import DATABASE, OutOfReach


@register(Tags.database)
def check_that_nothing_is_evicted(databases: Iterable[str] | None = None, **_: object) -> list[CheckMessage]:
    """A Redis that makes room when its memory is full gives every guesser a new budget. That it is down is no error."""
    if not databases or settings.LIMITS_URL == DATABASE:
        return []
    from limits.stores.redis import RedisStore

    try:
        policy = RedisStore(settings.LIMITS_URL).eviction()
    except OutOfReach:
        return []
    if policy == "noeviction":
        return []
    return [
        Error(
            f"The Redis in which limits are counted may throw them away when its memory is full (policy: {policy!r}).",
            hint="Set its maxmemory-policy to noeviction, or NSMAAS_LIMITS_URL to another Redis or to 'database'.",
            id="limits.E001",
        )
    ]
