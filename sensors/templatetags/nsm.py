"""How pages and mails write moments, durations, networks and other people's words."""

import re
from datetime import UTC, date, datetime, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sensors.keys.release_decision import Reason

register = template.Library()

# Marks that turn the direction of text: with them a note could show a reader words in another order than it holds.
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_RELEASE_WORDS = {
    Reason.ALL_FACTS_FIT: "The right box, through its own tunnel, from an expected network.",
    Reason.PERMITTED_ONCE: "Somebody who had looked let it have the key, once.",
    Reason.CASE_OPEN: "It was reported lost or stolen.",
    Reason.NOT_IN_SERVICE: "It is not in service.",
    Reason.CERTIFICATE_REVOKED: "Its certificate is revoked.",
    Reason.CERTIFICATE_NOT_VALID_NOW: "Its certificate is not valid at this time.",
    Reason.NOT_THROUGH_OWN_TUNNEL: "The request did not come through the box's own tunnel.",
    Reason.PORTAL_RESTORED: "The portal was restored from a backup, and what was cut off since was not known yet.",
    Reason.GATEWAY_REVOKED: "Its gateway is revoked: what that says of tunnels counts no more.",
    Reason.GATEWAY_SILENT: "Its gateway did not say which tunnels it had.",
    Reason.SESSION_NOT_YET_REPORTED: "Its gateway had not seen this tunnel for long enough.",
    Reason.TWO_PLACES: "Two boxes with its certificate came from different places.",
    Reason.ENROLLED_ANEW: "It came with a new enrolment code, and only one person had wanted that.",
    Reason.CHANGE_TOO_RECENT: "Something was changed for it a moment before, and people were still being told.",
    Reason.PUBLIC_NETWORK_UNEXPECTED: "It appeared from a network where this site's boxes are not expected.",
}


@register.filter
def release_words(reason: str) -> str:
    """A reason this release does not know is shown as it stands rather than hidden."""
    return _RELEASE_WORDS.get(reason, reason)  # type: ignore[call-overload, no-any-return]


@register.filter
def duration(span: timedelta | None) -> str:
    """Milliseconds below ten seconds, then the two largest units."""
    if span is None:
        return ""
    milliseconds = round(span / timedelta(milliseconds=1))
    if abs(milliseconds) < 10_000:
        return f"{milliseconds} ms"
    seconds = milliseconds // 1000
    units = (("d", seconds // 86400), ("h", seconds // 3600 % 24), ("min", seconds // 60 % 60), ("s", seconds % 60))
    told = [f"{count} {unit}" for unit, count in units]
    first = next(index for index, (_, count) in enumerate(units) if count)
    return " ".join(text for text, (_, count) in list(zip(told, units, strict=True))[first : first + 2] if count)


@register.simple_tag
def moment(at: datetime | None) -> SafeString | str:
    """A full moment: 1 Jan 2026, 03:12:45 UTC."""
    return _time_tag(at, "%-d %b %Y, %H:%M:%S UTC") if at else ""


@register.simple_tag
def minute(at: datetime | None) -> SafeString | str:
    """A moment where seconds would only be noise: 1 Jan 2026, 03:12 UTC."""
    return _time_tag(at, "%-d %b %Y, %H:%M UTC") if at else ""


@register.simple_tag
def age(at: datetime | None, now: datetime) -> SafeString | str:
    """How long ago, as people say it, in whole minutes or more; the moment itself stands behind it."""
    if at is None:
        return ""
    minutes = max(0, (now - at) // timedelta(minutes=1))
    # Days only from two on: "yesterday, or 47 hours ago" is a difference to somebody who looks for a thief.
    units = (("day", 1440, 2880), ("hour", 60, 60), ("minute", 1, 1))
    for unit, size, begins_at in units:
        if minutes >= begins_at:
            count = minutes // size
            return _aged(at, f"{count} {unit}{'' if count == 1 else 's'}")
    return _aged(at, "less than a minute")


def _aged(at: datetime, words: str) -> SafeString:
    at = at.astimezone(UTC)
    exact = at.strftime("%-d %b %Y, %H:%M:%S UTC")
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(timespec="milliseconds"), exact, words)


@register.simple_tag
def clock(at: datetime | None, day: datetime | date | None = None) -> SafeString | str:
    """The time of day to the millisecond, for what is compared; with its date when that differs from `day`'s."""
    if at is None:
        return ""
    milliseconds = f"{at.astimezone(UTC).microsecond // 1000:03}"
    reference = day.astimezone(UTC).date() if isinstance(day, datetime) else day
    date_first = "" if reference in (None, at.astimezone(UTC).date()) else "%-d %b, "
    return _time_tag(at, f"{date_first}%H:%M:%S.{milliseconds} UTC")


def _time_tag(at: datetime, pattern: str) -> SafeString:
    at = at.astimezone(UTC)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(timespec="milliseconds"), at.strftime(pattern))


@register.filter
def utc_words(at: datetime) -> str:
    """A moment in a mail."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M:%S UTC}"


@register.filter
def days_left(until: datetime, now: datetime) -> int:
    return (until - now) // timedelta(days=1)


@register.filter
def quoted(text: str) -> str:
    """Somebody's free text in a mail: no line of it can pass for a line of ours, whatever ends its lines."""
    return "\n".join(f"> {_DIRECTION_MARKS.sub('', line)}".rstrip() for line in text.splitlines())


@register.filter
def one_line(text: str) -> str:
    return " ".join(_DIRECTION_MARKS.sub("", text).split())
