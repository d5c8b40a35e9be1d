"""Moments as people read them: in the zone and the language that are active, with UTC beside the first."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.translation import pgettext


@dataclass(frozen=True, slots=True)
class Written:
    """`in_utc` is empty where the zone is UTC itself, or goes by it at that moment."""

    here: str
    in_utc: str = ""

    def __str__(self) -> str:
        return f"{self.here} ({self.in_utc})" if self.in_utc else self.here


def moment_in_words(at: datetime) -> Written:
    """1 Jan 2026, 04:12:45 CET (03:12:45 UTC)"""
    return _written(at, f"{day_pattern()}, H:i:s")


def minute_in_words(at: datetime) -> Written:
    """1 Jan 2026, 04:12 CET (03:12 UTC)"""
    return _written(at, f"{day_pattern()}, H:i")


def clock_in_words(at: datetime, day: date | None = None) -> Written:
    """04:12:45.678 CET (03:12:45.678 UTC), with its date if that is not `day`."""
    clock = f"H:i:s.{at.microsecond // 1000:03}"
    is_of_day = day in (None, timezone.localtime(at).date())
    return _written(at, clock if is_of_day else f"{short_day_pattern()}, {clock}")


def second_in_words(at: datetime) -> Written:
    """04:12:45 CET (03:12:45 UTC)"""
    return _written(at, "H:i:s")


def day_in_words(at: datetime) -> str:
    return formatted(timezone.localtime(at), day_pattern())


def day_pattern() -> str:
    # Translators: how a day is written, in the letters of Django's date filter.
    return pgettext("day", "j M Y")


def short_day_pattern() -> str:
    return pgettext("day without its year", "j M")


def _written(at: datetime, pattern: str) -> Written:
    here, in_utc = timezone.localtime(at), at.astimezone(UTC)
    if here.utcoffset() == timedelta(0):
        return Written(f"{formatted(in_utc, pattern)} UTC")
    # The date again only where it is another one.
    clock = pattern.rpartition(", ")[2]
    beside = clock if here.date() == in_utc.date() else f"{short_day_pattern()}, {clock}"
    return Written(f"{formatted(here, pattern)} {here.tzname()}", f"{formatted(in_utc, beside)} UTC")
