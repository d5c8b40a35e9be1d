"""Time zones by their names in the IANA database, such as Europe/Berlin."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# Names without a slash are old ones, such as CET, and Etc's count the wrong way round: Etc/GMT+1 is an hour behind.
_OTHERS = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


@cache
def known_zones() -> tuple[str, ...]:
    """UTC first, then by name. Nothing else is ever opened as a file of the database."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(_OTHERS))
    return ("UTC", *sorted(places))


def zone_of(name: str, *, otherwise: str) -> ZoneInfo:
    """`otherwise` for none, and for one that this host's database does not know any more."""
    return ZoneInfo(name if name in known_zones() else otherwise)
