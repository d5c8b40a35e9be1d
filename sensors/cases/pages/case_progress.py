"""A case's measures as steps with their times; "pending" says what it waits for and since when."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.models import Mail
from sensors.fleet.moments import second_in_words
from sensors.models import Case, Measure, MeasureKind


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    explanation: str
    done_at: datetime | None
    took: timedelta | None
    waits_for: str
    waits_since: datetime | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    steps: tuple[Step, ...]
    confirmed_at: datetime | None
    session_gone_after: timedelta | None  # from the report's arrival
    late_gateways: tuple[str, ...]


# As `confirm_cut_off` notes it.
_BY_GATEWAYS_CLOCK = re.compile(r"by the gateway's clock in (\d+) ms")
_EXPLANATIONS = {
    MeasureKind.KEY_WITHHELD: _("Nobody gets the key to this box's recordings any more."),
    MeasureKind.CERTIFICATE_REVOKED: _("The box can no longer prove who it is."),
    MeasureKind.SESSION_ENDED: _("The box's tunnel is gone and it cannot build another."),
    MeasureKind.FIREWALL_CLOSED: _("The box's address is blocked."),
}
# What has not been observed must not read as if it had.
_TO_BE_DONE = {
    MeasureKind.KEY_WITHHELD: _("Disk key to be withheld"),
    MeasureKind.CERTIFICATE_REVOKED: _("Certificate to be revoked"),
    MeasureKind.SESSION_ENDED: _("Session to be ended"),
    MeasureKind.FIREWALL_CLOSED: _("Firewall to be closed"),
}
_AT_GATEWAY = {
    MeasureKind.SESSION_ENDED: _("Gateway %(gateway)s: session ended"),
    MeasureKind.FIREWALL_CLOSED: _("Gateway %(gateway)s: firewall closed"),
}
_TO_BE_DONE_AT_GATEWAY = {
    MeasureKind.SESSION_ENDED: _("Gateway %(gateway)s: session to be ended"),
    MeasureKind.FIREWALL_CLOSED: _("Gateway %(gateway)s: firewall to be closed"),
}


def case_progress(case: Case, now: datetime) -> Progress:
    measures = list(case.measures.select_related("gateway__contact"))
    steps = [_step(case, measure) for measure in measures]
    steps.append(_told(case))
    gone = [measure.done_at for measure in measures if measure.kind == MeasureKind.SESSION_ENDED]
    times = [at for at in gone if at is not None]
    complete = bool(gone) and len(times) == len(gone)
    late = {
        str(measure.gateway)
        for measure in measures
        if not measure.done_at and now - case.opened_at > timedelta(seconds=30)
    }
    return Progress(
        steps=tuple(steps),
        confirmed_at=case.confirmed_at,
        session_gone_after=max(times) - case.received_at if complete else None,
        late_gateways=tuple(sorted(late)),
    )


def _step(case: Case, measure: Measure) -> Step:
    kind = MeasureKind(measure.kind)
    label = str(kind.label if measure.done_at else _TO_BE_DONE[kind])
    if measure.gateway:
        # Each is an expression of its own: there are languages in which a word inside a sentence is another one.
        what = _AT_GATEWAY[kind] if measure.done_at else _TO_BE_DONE_AT_GATEWAY[kind]
        label = what % {"gateway": measure.gateway}
    waits_for = ""
    if not measure.done_at and measure.gateway:
        contact = getattr(measure.gateway, "contact", None)
        told = {"gateway": measure.gateway, "at": second_in_words(contact.last_report_at) if contact else ""}
        heard = gettext("the report of gateway %(gateway)s, last heard of at %(at)s")
        waits_for = (heard if contact else gettext("the report of gateway %(gateway)s, never heard of")) % told
    return Step(
        label=label,
        # They speak of now, and a box that was given back may be in service again.
        explanation=str(_EXPLANATIONS[kind]) if measure.done_at and not case.closed_at else "",
        done_at=measure.done_at,
        took=measure.done_at - case.received_at if measure.done_at else None,
        waits_for=waits_for,
        waits_since=None if measure.done_at else case.opened_at,
        detail=_detail(measure.detail),
    )


def _detail(noted: str) -> str:
    """What a row notes is in English; what this release does not know stays as it was noted."""
    if found := _BY_GATEWAYS_CLOCK.fullmatch(noted):
        return gettext("by the gateway's clock in %(milliseconds)s ms") % {"milliseconds": found[1]}
    return noted


def _told(case: Case) -> Step:
    """From the outbox: told is who was sent the mail, not whom we meant to tell."""
    written_then = Mail.objects.filter(about=case.about, created_at__lt=case.opened_at + timedelta(seconds=5))
    # A cut that is confirmed at once has mails of its own; None was written before kinds were kept.
    mails = list(written_then.filter(Q(kind="case_opened") | Q(kind=None)).only("sent_at", "last_error").order_by("pk"))
    sent = [mail.sent_at for mail in mails if mail.sent_at]
    all_sent = bool(mails) and len(sent) == len(mails)
    errors = [mail.last_error for mail in mails if not mail.sent_at and mail.last_error]
    done_at = max(sent) if all_sent else None
    waits_for = gettext("the mail server") if errors else gettext("the worker that sends mails")
    return Step(
        label=gettext("Provider and contacts told") if all_sent else gettext("Provider and contacts to be told"),
        explanation=gettext("By mail: %(sent)s of %(all)s sent.") % {"sent": len(sent), "all": len(mails)},
        done_at=done_at,
        took=done_at - case.received_at if done_at else None,
        waits_for="" if all_sent else waits_for,
        waits_since=None if all_sent else case.opened_at,
    )
