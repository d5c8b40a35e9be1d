"""How pages and mails write moments, durations, networks and other people's words."""

import re
from datetime import UTC, date, datetime, timedelta

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from sensors.fleet.moments import Written, clock_in_words, day_in_words, minute_in_words, moment_in_words
from sensors.keys.release_decision import Reason
from sensors.models.case import LossKind

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
    days = pgettext("days, after a number", "d")
    units = ((days, seconds // 86400), ("h", seconds // 3600 % 24), ("min", seconds // 60 % 60), ("s", seconds % 60))
    told = [f"{count} {unit}" for unit, count in units]
    first = next(index for index, (_, count) in enumerate(units) if count)
    return " ".join(text for text, (_, count) in list(zip(told, units, strict=True))[first : first + 2] if count)


@register.simple_tag
def moment(at: datetime | None) -> SafeString | str:
    """A full moment: 1 Jan 2026, 03:12:45 UTC."""
    return _time_tag(at, moment_in_words(at)) if at else ""


@register.simple_tag
def minute(at: datetime | None) -> SafeString | str:
    """A moment where seconds would only be noise: 1 Jan 2026, 03:12 UTC."""
    return _time_tag(at, minute_in_words(at)) if at else ""


@register.simple_tag
def age(at: datetime | None, now: datetime) -> SafeString | str:
    """How long ago, as people say it, in whole minutes or more; the moment itself stands behind it."""
    if at is None:
        return ""
    minutes = max(0, (now - at) // timedelta(minutes=1))
    # Days only from two on: "yesterday, or 47 hours ago" is a difference to somebody who looks for a thief.
    if minutes >= 2 * 1440:
        count = minutes // 1440
        return _aged(at, ngettext("%(count)s day", "%(count)s days", count) % {"count": count})
    if minutes >= 60:
        count = minutes // 60
        return _aged(at, ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count})
    if minutes:
        return _aged(at, ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes})
    return _aged(at, _("less than a minute"))


def _aged(at: datetime, words: str) -> SafeString:
    exact = str(moment_in_words(at))
    return format_html('<time datetime="{}" title="{}">{}</time>', _for_programs(at), exact, words)


@register.simple_tag
def clock(at: datetime | None, day: datetime | date | None = None) -> SafeString | str:
    """The time of day to the millisecond, for what is compared; with its date when that differs from `day`'s."""
    if at is None:
        return ""
    reference = timezone.localtime(day).date() if isinstance(day, datetime) else day
    return _time_tag(at, clock_in_words(at, reference))


def _time_tag(at: datetime, written: Written) -> SafeString:
    """UTC beside it may stand on the next line."""
    local = format_html('<time datetime="{}">{}</time>', _for_programs(at), written.here)
    return format_html('{} <span class="in-utc">({})</span>', local, written.in_utc) if written.in_utc else local


def _for_programs(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


@register.filter
def utc_words(at: datetime) -> str:
    """A moment in a mail."""
    return str(moment_in_words(at))


@register.filter
def day_words(at: datetime) -> str:
    return day_in_words(at)


@register.simple_tag
def time_zone_of_page() -> SafeString | str:
    """For `live.js`, which writes moments, too."""
    zone = timezone.get_current_timezone_name()
    return "" if zone == "UTC" else format_html(' data-zone="{}"', zone)


@register.simple_tag
def languages_by_own_name() -> list[tuple[str, str]]:
    """Somebody looks for the own one, so each is called what its speakers call it."""
    return list(settings.LANGUAGES)


@register.filter
def html_lang(language: str) -> str:
    """Our English texts are of one kind, by whatever name a browser asks for them."""
    return "en" if language.startswith("en") else language


@register.filter
def kind_words(kind: str) -> str:
    """What happened to a box, as in "reported stolen"."""
    return pgettext("reported ...", "stolen") if kind == LossKind.STOLEN else pgettext("reported ...", "lost")


@register.filter
def in_sentence(label: str) -> str:
    """A label with which no sentence begins. German writes nouns with a capital wherever they stand."""
    return label if get_language() == "de" else label[:1].lower() + label[1:]


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
